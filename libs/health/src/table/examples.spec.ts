import { describe, expect, it } from 'vitest';
import { healthOf } from '../health-of.ts';

const condition = (type: string, status: string, more: object = {}) => ({ type, status, ...more });
const conditions = (...list: object[]) => ({ conditions: list });
const parent = (...list: object[]) => ({ parentRef: { name: 'public' }, conditions: list });

/** One line of each contract; the references' cases, where they are at hand, go further. */
const examples: readonly (readonly [story: string, object: object, health: string])[] = [
  [
    'a certificate that is being issued',
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      status: conditions(condition('Issuing', 'True'), condition('Ready', 'False')),
    },
    'Progressing',
  ],
  [
    'a certificate that could not be issued',
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      status: conditions(condition('Ready', 'False')),
    },
    'Degraded',
  ],
  [
    'a managed resource that waits for its cloud',
    {
      apiVersion: 'rds.aws.upbound.io/v1beta1',
      kind: 'Instance',
      status: conditions(condition('Synced', 'True'), condition('Ready', 'False', { reason: 'Creating' })),
    },
    'Progressing',
  ],
  [
    'a managed resource that its cloud refused',
    {
      apiVersion: 'rds.aws.upbound.io/v1beta1',
      kind: 'Instance',
      status: conditions(condition('Synced', 'False', { reason: 'ReconcileError' })),
    },
    'Degraded',
  ],
  [
    'a managed resource whose reconciliation is paused',
    {
      apiVersion: 'iam.aws.crossplane.io/v1beta1',
      kind: 'Role',
      status: conditions(condition('Synced', 'False', { reason: 'ReconcilePaused' })),
    },
    'Suspended',
  ],
  [
    'a provider’s configuration, which has no status',
    { apiVersion: 'aws.upbound.io/v1beta1', kind: 'ProviderConfig' },
    'Healthy',
  ],
  [
    'a cluster that is paused, though its controller is behind',
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'Cluster',
      metadata: { generation: 3 },
      spec: { paused: true },
      status: { observedGeneration: 2, phase: 'Provisioned' },
    },
    'Suspended',
  ],
  [
    'a cluster whose machines wait, which is no error',
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'Cluster',
      status: { phase: 'Provisioning', ...conditions(condition('Ready', 'False', { severity: 'Info' })) },
    },
    'Progressing',
  ],
  [
    'a topic that Kafka refused',
    {
      apiVersion: 'kafka.strimzi.io/v1beta2',
      kind: 'KafkaTopic',
      status: conditions(condition('NotReady', 'True')),
    },
    'Degraded',
  ],
  [
    'a scaler that is paused, though it is ready',
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      status: conditions(condition('Ready', 'True'), condition('Paused', 'True')),
    },
    'Suspended',
  ],
  [
    'a release that failed and is tried again',
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      status: conditions(
        condition('Reconciling', 'True'),
        condition('Ready', 'False', { reason: 'UpgradeFailed' }),
      ),
    },
    'Degraded',
  ],
  [
    'a release that waits for another',
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      status: conditions(condition('Ready', 'False', { reason: 'DependencyNotReady' })),
    },
    'Progressing',
  ],
  [
    'a Helm repository in a registry, of which nothing is reported',
    { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository', spec: { type: 'oci' } },
    'Healthy',
  ],
  [
    'a store that could not be validated',
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      status: conditions(condition('Ready', 'False')),
    },
    'Degraded',
  ],
  [
    'a service whose route is not there yet',
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      status: conditions(condition('Ready', 'Unknown')),
    },
    'Progressing',
  ],
  [
    'a route of which one parent is not resolved',
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      status: {
        parents: [
          parent(condition('Accepted', 'True')),
          parent(condition('Accepted', 'True'), condition('ResolvedRefs', 'False')),
        ],
      },
    },
    'Degraded',
  ],
  [
    'a route that its gateway accepted in an older version',
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { generation: 2 },
      status: { parents: [parent(condition('Accepted', 'True', { observedGeneration: 1 }))] },
    },
    'Progressing',
  ],
  [
    'a rollout that waits at a step',
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { generation: 4 },
      status: { observedGeneration: '4', phase: 'Paused' },
    },
    'Suspended',
  ],
  [
    'a rollout whose newest spec was not seen',
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { generation: 5 },
      status: { observedGeneration: '4', phase: 'Healthy' },
    },
    'Progressing',
  ],
  [
    'a canary that failed',
    { apiVersion: 'flagger.app/v1beta1', kind: 'Canary', status: { phase: 'Failed' } },
    'Degraded',
  ],
  [
    'a mesh’s policy without a status',
    { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' },
    'Healthy',
  ],
  [
    'a template of machines, which no controller reports on',
    { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta2', kind: 'AWSMachineTemplate' },
    'Healthy',
  ],
  [
    'configuration of a platform, which no controller reports on',
    { apiVersion: 'config.openshift.io/v1', kind: 'OAuth' },
    'Healthy',
  ],
  [
    'a search cluster that is green with too few nodes',
    {
      apiVersion: 'elasticsearch.k8s.elastic.co/v1',
      kind: 'Elasticsearch',
      spec: { nodeSets: [{ count: 2 }, { count: 1 }] },
      status: { phase: 'Ready', health: 'green', availableNodes: 2 },
    },
    'Progressing',
  ],
];

describe('by the table', () => {
  it.each(examples)('%s', (_, object, health) => {
    const got = healthOf(object as Record<string, unknown>);
    expect(got.status, got.message).toBe(health);
  });
});
