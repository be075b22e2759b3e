import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { ApplyStep, DeleteStep, Step } from './model.ts';

/**
 * Which objects others of the same plan need: namespaces and CRDs in a phase of their own, before all others; then
 * within a phase what is referred to before what refers, and last what gets in the way of writes.
 */
const firstPhase = new Set(['/Namespace', 'apiextensions.k8s.io/CustomResourceDefinition']);

const early = [
  'PriorityClass',
  'StorageClass',
  'IngressClass',
  'RuntimeClass',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
];
const late = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'APIService'];

const rankByKind = new Map<string, number>([
  ...early.map((kind, index) => [kind, index - early.length] as const),
  ...late.map((kind, index) => [kind, index + 1] as const),
]);

interface Placed {
  readonly isFirst: boolean;
  readonly rank: number;
}

/** Everything is applied before anything is deleted, and deletions go in the reverse order. */
export function orderSteps(
  applies: readonly ApplyStep[],
  deletions: readonly DeleteStep[],
): (readonly Step[])[] {
  const up = arrange(applies);
  const down = arrange(deletions);
  return [up.first, up.rest, down.rest.reverse(), down.first.reverse()].filter((phase) => phase.length > 0);
}

function arrange<T extends Step>(steps: readonly T[]): { readonly first: T[]; readonly rest: T[] } {
  const placed = steps.map((step) => ({ step, ...placeOf(step.id) }));
  const sorted = (isFirst: boolean): T[] =>
    placed
      .filter((item) => item.isFirst === isFirst)
      .sort((a, b) => a.rank - b.rank)
      .map((item) => item.step);
  return { first: sorted(true), rest: sorted(false) };
}

function placeOf(id: ObjectId): Placed {
  const key = parseObjectId(id);
  if (!key) return { isFirst: false, rank: 0 };
  return { isFirst: firstPhase.has(`${key.group}/${key.kind}`), rank: rankByKind.get(key.kind) ?? 0 };
}
