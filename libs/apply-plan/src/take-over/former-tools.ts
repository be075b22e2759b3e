import type { FieldStep } from '@muster/manifest';
import type { FieldPath } from './fields-v1.ts';

type Operation = 'Apply' | 'Update';

/**
 * Field managers of tools that declare an object whole, as Muster does, by what they are called in `managedFields`.
 * When Muster adopts an object these are what it comes from: what they set, and the manifest doesn't have, goes.
 *
 * Not here, because they change single things that no manifest tells of, or live on: `kubectl scale`, `rollout`,
 * `label`, `annotate`, `patch`, `set`, autoscalers, kube-controller-manager, operators, injectors.
 */
const operationsByManager: ReadonlyMap<string, readonly Operation[]> = new Map<string, readonly Operation[]>([
  // kubectl apply, and what its successor with --server-side leaves of it.
  ['kubectl-client-side-apply', ['Update']],
  ['kubectl-last-applied', ['Apply']],
  ['kubectl', ['Apply', 'Update']],
  ['kubectl-create', ['Update']],
  ['kubectl-replace', ['Update']],
  ['kubectl-edit', ['Update']],
  ['kubectl-run', ['Update']],
  ['kubectl-expose', ['Update']],
  ['kubectl-autoscale', ['Update']],
  // Helm 3 updates, Helm 4 applies.
  ['helm', ['Apply', 'Update']],
  ['argocd-controller', ['Apply', 'Update']],
  ['argocd-application-controller', ['Apply', 'Update']],
  ['argocd-manager', ['Apply', 'Update']],
  ['kustomize-controller', ['Apply', 'Update']],
  ['helm-controller', ['Apply', 'Update']],
  ['flux', ['Apply', 'Update']],
  // Rancher Fleet.
  ['fleetagent', ['Apply', 'Update']],
]);

/** Whether an entry tells what a former tool's manifest had. A subresource is never part of a manifest. */
export function isOfFormerTool(entry: {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}): boolean {
  if (entry.subresource) return false;
  const operations = operationsByManager.get(entry.manager ?? '') ?? [];
  return operations.some((operation) => operation === entry.operation);
}

/** Written by controllers, under their tool's name where the tool is one: a finalizer has a keeper who must undo it. */
const neverTaken: readonly FieldPath[] = [
  ['f:status'],
  ['f:metadata', 'f:finalizers'],
  ['f:metadata', 'f:ownerReferences'],
];

/** Nothing of these specs can go, so an apply that tried would be refused. By `<group>/<kind>`. */
const specsThatStay: ReadonlySet<string> = new Set(['/PersistentVolumeClaim', '/PersistentVolume', '/Pod']);

/** Fields that stay with their manager when an object of the kind is adopted. */
export function fieldsNotTaken(group: string, kind: string): readonly FieldPath[] {
  return specsThatStay.has(`${group}/${kind}`) ? [...neverTaken, ['f:spec']] : neverTaken;
}

/** What a bundle's field path means among the fields of an object. */
export function fieldPathOf(steps: readonly FieldStep[]): FieldPath {
  return steps.map((step) => {
    switch (step.kind) {
      case 'child':
        return `f:${step.name}`;
      case 'every':
        return () => true;
      case 'items':
        return (element: string) =>
          element.startsWith('k:') && hasKey(element.slice(2), step.key, step.value);
    }
  });
}

function hasKey(json: string, key: string, value: string): boolean {
  const keys = JSON.parse(json) as Readonly<Record<string, string | number | boolean>>;
  return key in keys && String(keys[key]) === value;
}
