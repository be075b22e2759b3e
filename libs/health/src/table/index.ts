import { ansible } from './ansible.ts';
import { argo } from './argo.ts';
import { astra, trident } from './astra.ts';
import { awsControllers } from './aws-controllers.ts';
import { certManager, certManagerAcme } from './cert-manager.ts';
import {
  gkeNetworking,
  iamManager,
  sapServices,
  gardener,
  spot,
  pulumi,
  gardenerResources,
} from './cloud.ts';
import { clusterApi, clusterApiProviders } from './cluster-api.ts';
import { configConnector } from './config-connector.ts';
import { confluent } from './confluent.ts';
import {
  crossplaneResources,
  crossplanePackages,
  crossplaneDefinitions,
  crossplaneOperations,
  crossplaneStacks,
} from './crossplane.ts';
import { flink, spark, ray, camel } from './data-processing.ts';
import { clickhouse, atlas, solr, mongodb, redis, redisOpsTree } from './databases.ts';
import { elasticsearch, elasticStack, elasticBeats, elasticPolicies } from './elastic.ts';
import { externalSecrets, kubernetesExternalSecrets } from './external-secrets.ts';
import { flagger } from './flagger.ts';
import { flux, fluxNotification } from './flux.ts';
import { gatewayApi, airlock } from './gateway-api.ts';
import { gitopsPromoter } from './gitops-promoter.ts';
import { gloo } from './gloo.ts';
import { humio } from './humio.ts';
import { keycloak, onePassword, sealedSecrets, vaultSecrets } from './identity.ts';
import { istioOperator, istio, sailOperator } from './istio.ts';
import { koperator, zookeeper } from './kafka.ts';
import { karpenter } from './karpenter.ts';
import { keda } from './keda.ts';
import { keptnLifecycle, keptnMetrics } from './keptn.ts';
import { knative, knativeOperator, kserve } from './knative.ts';
import { kruise, kruiseGame, kruiseRollouts } from './kruise.ts';
import { kubevirt, containerizedDataImporter } from './kubevirt.ts';
import { mariadb, percona } from './mysql.ts';
import { contour, proclaim, traefik, metallb, cilium, nginx, emissary, tailscale } from './networking.ts';
import { numaflow, numaplane } from './numaproj.ts';
import {
  openTelemetry,
  jaeger,
  kiali,
  datadog,
  coralogix,
  grafana,
  grafanaOrganisations,
} from './observability.ts';
import { openClusterManagement, managedClusters, managedClusterAddOns } from './open-cluster-management.ts';
import {
  openshiftOperators,
  openshiftApps,
  openshiftRoutes,
  operatorLifecycle,
  nmstate,
  openshiftMachineConfig,
  hive,
  openshiftConfig,
} from './openshift.ts';
import {
  openfaas,
  spinkube,
  kyverno,
  karmada,
  tekton,
  verticalPodAutoscaler,
  hierarchicalNamespaces,
  kueue,
} from './platform.ts';
import { zalandoPostgres, cloudNativePg, crunchyPostgres } from './postgres.ts';
import { prometheus, victoriaMetrics } from './prometheus.ts';
import { rabbitmq } from './rabbitmq.ts';
import { rook, volumeSnapshots, minio, velero } from './storage.ts';
import { strimzi } from './strimzi.ts';
import { threeScaleManager, threeScale } from './three-scale.ts';
import type { RuleGroup } from '../rules/rule.ts';

/** Every group that has rules. The order doesn't matter: exact groups go before wildcards. */
export const table: readonly RuleGroup[] = [
  ansible,
  argo,
  astra,
  trident,
  awsControllers,
  certManager,
  certManagerAcme,
  gkeNetworking,
  iamManager,
  sapServices,
  gardener,
  spot,
  pulumi,
  gardenerResources,
  clusterApi,
  clusterApiProviders,
  configConnector,
  confluent,
  crossplaneResources,
  crossplanePackages,
  crossplaneDefinitions,
  crossplaneOperations,
  crossplaneStacks,
  flink,
  spark,
  ray,
  camel,
  clickhouse,
  atlas,
  solr,
  mongodb,
  redis,
  redisOpsTree,
  elasticsearch,
  elasticStack,
  elasticBeats,
  elasticPolicies,
  externalSecrets,
  kubernetesExternalSecrets,
  flagger,
  flux,
  fluxNotification,
  gatewayApi,
  airlock,
  gitopsPromoter,
  gloo,
  humio,
  keycloak,
  onePassword,
  sealedSecrets,
  vaultSecrets,
  istioOperator,
  istio,
  sailOperator,
  koperator,
  zookeeper,
  karpenter,
  keda,
  keptnLifecycle,
  keptnMetrics,
  knative,
  knativeOperator,
  kserve,
  kruise,
  kruiseGame,
  kruiseRollouts,
  kubevirt,
  containerizedDataImporter,
  mariadb,
  percona,
  contour,
  proclaim,
  traefik,
  metallb,
  cilium,
  nginx,
  emissary,
  tailscale,
  numaflow,
  numaplane,
  openTelemetry,
  jaeger,
  kiali,
  datadog,
  coralogix,
  grafana,
  grafanaOrganisations,
  openClusterManagement,
  managedClusters,
  managedClusterAddOns,
  openshiftOperators,
  openshiftApps,
  openshiftRoutes,
  operatorLifecycle,
  nmstate,
  openshiftMachineConfig,
  hive,
  openshiftConfig,
  openfaas,
  spinkube,
  kyverno,
  karmada,
  tekton,
  verticalPodAutoscaler,
  hierarchicalNamespaces,
  kueue,
  zalandoPostgres,
  cloudNativePg,
  crunchyPostgres,
  prometheus,
  victoriaMetrics,
  rabbitmq,
  rook,
  volumeSnapshots,
  minio,
  velero,
  strimzi,
  threeScaleManager,
  threeScale,
];
