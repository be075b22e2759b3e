import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { ApplyStep, DeleteStep, Step } from './model.ts';

/**
 * The order of kinds: Helm's and Argo CD's, with the kinds that came since. The steps of one tier run at the same
 * time, in the order of their kinds; a tier begins when the one before has ended.
 *
 * Sources: Helm's `pkg/release/util/kind_sorter.go` (`InstallOrder`), Argo CD's
 * `gitops-engine/pkg/sync/sync_tasks.go` (`syncOrder`).
 */
const tiers: readonly (readonly string[])[] = [
  ['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition'],
  // What is referred to, before whoever refers to it: a Pod without its ServiceAccount is refused.
  [
    'scheduling.k8s.io/PriorityClass',
    'node.k8s.io/RuntimeClass',
    'storage.k8s.io/StorageClass',
    'storage.k8s.io/VolumeAttributesClass',
    'storage.k8s.io/CSIDriver',
    'snapshot.storage.k8s.io/VolumeSnapshotClass',
    'networking.k8s.io/IngressClass',
    'gateway.networking.k8s.io/GatewayClass',
    'resource.k8s.io/DeviceClass',
    'networking.k8s.io/NetworkPolicy',
    '/ResourceQuota',
    '/LimitRange',
    'policy/PodSecurityPolicy',
    'policy/PodDisruptionBudget',
    '/ServiceAccount',
    '/Secret',
    '/ConfigMap',
    '/PersistentVolume',
    '/PersistentVolumeClaim',
    'rbac.authorization.k8s.io/ClusterRole',
    'rbac.authorization.k8s.io/Role',
  ],
  // A binding by somebody who may not bind everything asks for the role itself.
  ['rbac.authorization.k8s.io/ClusterRoleBinding', 'rbac.authorization.k8s.io/RoleBinding', '/Service'],
  [
    'apps/DaemonSet',
    '/Pod',
    '/ReplicationController',
    'apps/ReplicaSet',
    'apps/Deployment',
    'autoscaling/HorizontalPodAutoscaler',
    'apps/StatefulSet',
    'batch/Job',
    'batch/CronJob',
    'networking.k8s.io/Ingress',
    'gateway.networking.k8s.io/Gateway',
    'gateway.networking.k8s.io/HTTPRoute',
    // Then all kinds that nobody named.
  ],
  // What gets in the way of writes, once what answers it has been asked for.
  [
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
    'admissionregistration.k8s.io/MutatingAdmissionPolicy',
    'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
    'apiregistration.k8s.io/APIService',
    'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  ],
];
const tierOfOthers = 3;

interface Place {
  readonly tier: number;
  readonly rank: number;
}

const placeByKind = new Map<string, Place>(
  tiers.flatMap((kinds, tier) => kinds.map((kind, rank) => [kind, { tier, rank }] as const)),
);
const others: Place = { tier: tierOfOthers, rank: tiers[tierOfOthers]!.length };

/** Namespaces and CRDs: others need them before they can be. */
export function isFoundation(id: ObjectId): boolean {
  return placeOf(id).tier === 0;
}

/** Everything is applied before anything is deleted, and deletions go in the reverse order. */
export function orderSteps(
  applies: readonly ApplyStep[],
  deletions: readonly DeleteStep[],
): (readonly Step[])[] {
  const down = arrange(deletions).map((phase) => phase.reverse());
  return [...arrange(applies), ...down.reverse()];
}

/** By tier, none of them empty. */
function arrange<T extends Step>(steps: readonly T[]): T[][] {
  const byTier = tiers.map((): { readonly step: T; readonly rank: number }[] => []);
  for (const step of steps) {
    const { tier, rank } = placeOf(step.id);
    byTier[tier]!.push({ step, rank });
  }
  return byTier
    .filter((placed) => placed.length > 0)
    .map((placed) => placed.sort((a, b) => a.rank - b.rank).map(({ step }) => step));
}

function placeOf(id: ObjectId): Place {
  const key = parseObjectId(id);
  return (key && placeByKind.get(`${key.group}/${key.kind}`)) ?? others;
}
