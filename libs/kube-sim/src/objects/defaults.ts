import { isObject, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { withWebhookDefaults } from './webhook-configurations.ts';
import { changed, defaultPod, defaultTemplate, mapList, under } from './pod-defaults.ts';

type Defaulter = (object: JsonObject) => JsonObject;

const inSpec =
  (change: (spec: JsonObject) => JsonObject): Defaulter =>
  (object) =>
    changed(object, 'spec', (spec) => (isObject(spec) ? change(spec) : spec));

const withTemplate = (spec: JsonObject): JsonObject => changed(spec, 'template', defaultTemplate);

const deploymentSpec = (spec: JsonObject): JsonObject => {
  const strategy = under(objectAt(spec, 'strategy'), { type: 'RollingUpdate' });
  const rolling: JsonObject =
    strategy['type'] === 'RollingUpdate'
      ? {
          rollingUpdate: under(objectAt(strategy, 'rollingUpdate'), {
            maxUnavailable: '25%',
            maxSurge: '25%',
          }),
        }
      : {};
  return withTemplate({
    ...under(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    strategy: { ...strategy, ...rolling },
  });
};

const claim: Defaulter = inSpec((spec) => under(spec, { volumeMode: 'Filesystem' }));

const claimTemplate = (template: JsonObject): JsonObject => ({
  ...claim(under(template, { kind: 'PersistentVolumeClaim', apiVersion: 'v1' })),
  status: under(objectAt(template, 'status'), { phase: 'Pending' }),
});

const statefulSetSpec = (spec: JsonObject): JsonObject => {
  const strategy = under(objectAt(spec, 'updateStrategy'), { type: 'RollingUpdate' });
  const rolling: JsonObject =
    strategy['type'] === 'RollingUpdate'
      ? { rollingUpdate: under(objectAt(strategy, 'rollingUpdate'), { partition: 0 }) }
      : {};
  const retention = { whenDeleted: 'Retain', whenScaled: 'Retain' };
  const result = withTemplate({
    ...under(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' }),
    updateStrategy: { ...strategy, ...rolling },
    persistentVolumeClaimRetentionPolicy: under(
      objectAt(spec, 'persistentVolumeClaimRetentionPolicy'),
      retention,
    ),
  });
  return changed(result, 'volumeClaimTemplates', (templates) => mapList(templates, claimTemplate));
};

const daemonSetSpec = (spec: JsonObject): JsonObject => {
  const strategy = under(objectAt(spec, 'updateStrategy'), { type: 'RollingUpdate' });
  const rolling: JsonObject =
    strategy['type'] === 'RollingUpdate'
      ? { rollingUpdate: under(objectAt(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 }) }
      : {};
  return withTemplate({
    ...under(spec, { revisionHistoryLimit: 10 }),
    updateStrategy: { ...strategy, ...rolling },
  });
};

const jobSpec = (spec: JsonObject): JsonObject =>
  withTemplate(
    under(spec, {
      ...(spec['completions'] === undefined && spec['parallelism'] === undefined && { completions: 1 }),
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    }),
  );

const cronJobSpec = (spec: JsonObject): JsonObject =>
  changed(
    under(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
    'jobTemplate',
    (template) =>
      isObject(template)
        ? changed(template, 'spec', (inner) => (isObject(inner) ? withTemplate(inner) : inner))
        : template,
  );

const serviceSpec = (spec: JsonObject): JsonObject => {
  const type = textAt(spec, 'type') ?? 'ClusterIP';
  const external = type === 'NodePort' || type === 'LoadBalancer';
  const result = under(spec, {
    type,
    sessionAffinity: 'None',
    ...(type !== 'ExternalName' && { internalTrafficPolicy: 'Cluster' }),
    ...(external && { externalTrafficPolicy: 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
  });
  return changed(result, 'ports', (ports) =>
    mapList(ports, (port) => under(port, { protocol: 'TCP', targetPort: numberAt(port, 'port') ?? 0 })),
  );
};

const roleRef: Defaulter = (object) =>
  changed(
    changed(object, 'roleRef', (ref) =>
      isObject(ref) ? under(ref, { apiGroup: 'rbac.authorization.k8s.io' }) : ref,
    ),
    'subjects',
    (subjects) =>
      mapList(subjects, (subject) =>
        subject['kind'] === 'ServiceAccount'
          ? subject
          : under(subject, { apiGroup: 'rbac.authorization.k8s.io' }),
      ),
  );

const networkPolicySpec = (spec: JsonObject): JsonObject => {
  const types: Json[] = spec['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'];
  const withProtocol = (rules: Json): Json | undefined =>
    mapList(rules, (rule) =>
      changed(rule, 'ports', (ports) => mapList(ports, (port) => under(port, { protocol: 'TCP' }))),
    );
  const result = changed(changed(spec, 'ingress', withProtocol), 'egress', withProtocol);
  return under(result, { policyTypes: types });
};

const crdSpec = (spec: JsonObject): JsonObject =>
  under(
    changed(spec, 'names', (names) =>
      isObject(names)
        ? under(names, {
            singular: (textAt(names, 'kind') ?? '').toLowerCase(),
            listKind: `${textAt(names, 'kind') ?? ''}List`,
          })
        : names,
    ),
    { conversion: { strategy: 'None' } },
  );

const defaulters: Readonly<Record<string, Defaulter>> = {
  '/Pod': inSpec(defaultPod),
  '/PodTemplate': (object) => changed(object, 'template', defaultTemplate),
  '/ReplicationController': inSpec((spec) => withTemplate(under(spec, { replicas: 1 }))),
  '/Service': inSpec(serviceSpec),
  '/Secret': (object) => under(object, { type: 'Opaque' }),
  '/PersistentVolumeClaim': claim,
  '/PersistentVolume': inSpec((spec) =>
    under(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  ),
  'apps/Deployment': inSpec(deploymentSpec),
  'apps/StatefulSet': inSpec(statefulSetSpec),
  'apps/DaemonSet': inSpec(daemonSetSpec),
  'apps/ReplicaSet': inSpec((spec) => withTemplate(under(spec, { replicas: 1 }))),
  'batch/Job': inSpec(jobSpec),
  'batch/CronJob': inSpec(cronJobSpec),
  'autoscaling/HorizontalPodAutoscaler': inSpec((spec) => under(spec, { minReplicas: 1 })),
  'rbac.authorization.k8s.io/RoleBinding': roleRef,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleRef,
  'networking.k8s.io/NetworkPolicy': inSpec(networkPolicySpec),
  'storage.k8s.io/StorageClass': (object) =>
    under(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'apiextensions.k8s.io/CustomResourceDefinition': inSpec(crdSpec),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': withWebhookDefaults,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': withWebhookDefaults,
};

/** What the API server fills in when it decodes an object: the part that users see most. */
export const withDefaults = (resource: ServedResource, object: JsonObject): JsonObject => {
  if (resource.group === '' && resource.kind === 'Namespace') return namespaceDefaults(object);
  return defaulters[`${resource.group}/${resource.kind}`]?.(object) ?? object;
};

/** Every namespace bears its own name as a label, for selectors. */
const namespaceDefaults: Defaulter = (object) => {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return object;
  const metadata = objectAt(object, 'metadata') ?? {};
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': name },
    },
  };
};
