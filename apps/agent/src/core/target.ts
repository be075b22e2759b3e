import type { DesiredObject, InventoryEntry } from '@muster/apply-plan';
import type { Resource } from '@muster/kube';
import { objectId, parseApiVersion, parseObjectId } from '@muster/manifest';
import type { Assignment, DesiredState, ObjectId, Policy } from '@muster/manifest';
import type { BlobStore } from '../state/blob-store.ts';
import type { HeadContent } from '../state/cluster-state.ts';
import { effectiveAssignments, readBundle, resolveKinds } from './bundles.ts';
import type { WantedBundle, WantedObject } from './bundles.ts';
import { ignoringPrint } from './drift/ignoring.ts';
import type { Kinds } from './kinds.ts';
import { leavingPolicies, leavingRecords } from './leaving.ts';
import type { Before } from './leaving.ts';
import type { Target as SurveyTarget } from './surveyor.ts';

/** The desired state that the agent works towards, read as far as it can be. */
export interface Target {
  readonly state: DesiredState;
  readonly bundles: readonly WantedBundle[];
  /** What bundles said that left, and of which something may remain. */
  readonly leaving: ReadonlyMap<string, Policy>;
  /** What makes it durable. */
  readonly content: HeadContent;
}

export function targetOf(
  state: DesiredState,
  desired: string,
  fleet: string,
  before: Before,
  previous: readonly Assignment[],
  blobs: BlobStore,
): Target {
  const { assignments, kept } = effectiveAssignments(state, before.content?.kept ?? [], previous);
  const leaving = leavingRecords(new Set(state.assignments.map(({ bundle }) => bundle)), before);
  return {
    state,
    leaving: leavingPolicies(leaving),
    bundles: assignments.map(({ assignment, missing }) => readBundle(assignment, missing, blobs)),
    content: {
      fleet,
      epoch: `${state.version.epoch}`,
      generation: `${state.version.generation}`,
      desired,
      kept,
      ...(leaving.length > 0 && { leaving }),
    },
  };
}

export interface Wanted {
  readonly bundle: WantedBundle;
  readonly object: WantedObject;
}

/** A target's objects by what they are in this cluster, as it serves kinds now. */
export interface ResolvedTarget {
  readonly desired: readonly DesiredObject[];
  readonly wanted: ReadonlyMap<string, Wanted>;
  readonly wantedIds: ReadonlySet<ObjectId>;
  /** Objects whose kind the cluster doesn't serve. */
  readonly unresolved: readonly Wanted[];
  /** Those of them that the inventory has: wanted still, but nothing can be asked or written. */
  readonly unserved: ReadonlySet<ObjectId>;
  /** What to watch, by group and plural. */
  readonly resources: ReadonlyMap<string, Resource>;
}

export function wantedKey(id: ObjectId, bundle: string): string {
  return `${bundle} ${id}`;
}

export function resolveTarget(
  target: Target,
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
  kinds: Kinds,
): ResolvedTarget {
  const desired: DesiredObject[] = [];
  const wanted = new Map<string, Wanted>();
  const unresolved: Wanted[] = [];
  const unserved = new Set<ObjectId>();
  const resources = new Map<string, Resource>();
  const watch = (resource: Resource): void => {
    const key = `${resource.group}/${resource.plural}`;
    if (!resources.has(key)) resources.set(key, resource);
  };
  for (const entry of inventory.values()) {
    const resource = resourceOf(entry.id, entry.apiVersion, kinds);
    if (resource) watch(resource);
  }
  for (const bundle of target.bundles) {
    resolveKinds(bundle, kinds);
    for (const object of bundle.objects) {
      const id = object.id ?? knownId(bundle, object, inventory);
      if (object.resource) watch(object.resource);
      else unresolved.push({ bundle, object });
      if (id === undefined) continue;
      if (!object.resource) unserved.add(id);
      const ignoring = ignoringPrint(bundle, object);
      desired.push({
        id,
        bundle: bundle.bundle,
        digest: object.digest,
        ...(ignoring !== undefined && { ignoring }),
        ...(object.placement && { placement: object.placement }),
      });
      // Only here it may turn out that a bundle has an object twice: the first is granted, as with all claims.
      const key = wantedKey(id, bundle.bundle);
      if (!wanted.has(key)) wanted.set(key, { bundle, object });
    }
  }
  const wantedIds = new Set(desired.map((object) => object.id));
  return { desired, wanted, wantedIds, unresolved, unserved, resources };
}

/** While nobody knows its scope, what it can only be in the inventory is still wanted. */
function knownId(
  { policy }: WantedBundle,
  object: WantedObject,
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
): ObjectId | undefined {
  const namespace = object.ownNamespace || (policy.namespace ?? 'default');
  return [namespace, ''].map((it) => objectId({ ...object, namespace: it })).find((id) => inventory.has(id));
}

export function resourceOf(id: ObjectId, apiVersion: string, kinds: Kinds): Resource | undefined {
  const key = parseObjectId(id);
  if (!key) return undefined;
  return (
    kinds.find(key.group, parseApiVersion(apiVersion).version, key.kind) ?? kinds.findAny(key.group, key.kind)
  );
}

/** Of a bundle that is assigned, or left and isn't gone yet. */
export function policyOf(bundle: string, target: Target | undefined): Policy | undefined {
  return target?.bundles.find((it) => it.bundle === bundle)?.policy ?? target?.leaving.get(bundle);
}

export function surveyTarget(id: ObjectId, resource: Resource): SurveyTarget | undefined {
  const key = parseObjectId(id);
  return key && { id, resource, namespace: key.namespace, name: key.name };
}

/** The namespaces that bundles bring their objects into, but for those that are objects themselves. */
export function defaultNamespaces(target: Target, resolved: ResolvedTarget): string[] {
  const own = resolved.wantedIds;
  const names = new Set(
    target.bundles
      .filter((bundle) => !bundle.assignment.paused)
      .flatMap((bundle) => bundle.policy.namespace ?? []),
  );
  return [...names].filter(
    (name) => !own.has(objectId({ group: '', kind: 'Namespace', namespace: '', name })),
  );
}
