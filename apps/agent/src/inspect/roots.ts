import type { InventoryEntry } from '@muster/apply-plan';
import type { KubeObject, Resource } from '@muster/kube';
import { bundleLabel, fleetLabel, parseObjectId } from '@muster/manifest';
import { idOfLive } from '../core/live-record.ts';
import type { Kinds } from '../core/kinds.ts';
import { resourceOf } from '../core/target.ts';
import { InspectionRefused } from './model.ts';
import type { ObjectRef } from './model.ts';
import { readSafely } from './safely.ts';
import { needsWhole } from './tree-options.ts';
import type { TreeOptions } from './tree-options.ts';
import type { ClusterView } from './view.ts';

/** An object that the bundle's manifest or inventory has, and what there is of it. */
export interface Root {
  readonly object: ObjectRef;
  readonly resource: Resource | undefined;
  /** Absent where there is none, or it isn't the one that the inventory owns. */
  readonly live: KubeObject | undefined;
}

const maxPerList = 2_000;
/** Looked at one by one, where they don't bear the label that the list is by. */
const maxStrays = 50;

/** The objects of a bundle, in the manifest's order, those that are about to leave last. */
export async function rootsOf(
  options: TreeOptions,
  onNotice: (text: string) => void,
): Promise<readonly Root[]> {
  const { bundle, view, kinds } = options;
  const wanted = wantedOf(bundle, view);
  const owned = [...view.inventory.values()].filter((entry) => entry.bundle === bundle);
  if (wanted === undefined && owned.length === 0)
    throw new InspectionRefused('not-found', `bundle ${bundle} has nothing in this cluster`);
  const listed = await listOwned(options, owned, onNotice);
  const seen = new Set<string>();
  const roots: Root[] = [];
  for (const { id, object, resource, isHook } of wanted ?? []) {
    if (id !== undefined) seen.add(id);
    const live = id === undefined ? undefined : listed.get(id);
    // A hook between its runs, and a Job that is done and that its TTL removed, are not missing.
    const mayBeGone = isHook || (id !== undefined && view.inventory.get(id)?.ended === true);
    if (live || !mayBeGone) roots.push({ object, resource, live });
  }
  for (const entry of owned) {
    const key = parseObjectId(entry.id);
    if (!key || seen.has(entry.id)) continue;
    const resource = resourceOf(entry.id, entry.apiVersion, kinds);
    const live = listed.get(entry.id);
    if (live) roots.push({ object: { ...key, version: resource?.version ?? '' }, resource, live });
  }
  return roots;
}

function wantedOf(bundle: string, view: ClusterView) {
  const found = view.target.bundles.find((candidate) => candidate.bundle === bundle);
  return found?.objects.map(({ id, group, version, kind, name, ownNamespace, resource, placement }) => {
    const namespace = id === undefined ? ownNamespace : (parseObjectId(id)?.namespace ?? '');
    const isHook = placement?.hook !== undefined;
    return { id, resource, isHook, object: { group, version, kind, namespace, name } };
  });
}

/** The live objects that the inventory owns, by id: a list for each kind and namespace, by our labels. */
async function listOwned(
  { bundle, view, kube, kinds, rules, signal }: TreeOptions,
  owned: readonly InventoryEntry[],
  onNotice: (text: string) => void,
): Promise<ReadonlyMap<string, KubeObject>> {
  const live = new Map<string, KubeObject>();
  const labelSelector = `${fleetLabel}=${view.target.content.fleet},${bundleLabel}=${bundle}`;
  for (const { resource, namespace, entries } of byPlace(owned, kinds)) {
    const where = namespace ? { namespace } : {};
    const metadataOnly = !needsWhole(resource, rules);
    const list = await readSafely(`${resource.plural}${namespace && ` in ${namespace}`}`, onNotice, () =>
      kube.list(resource, { ...where, labelSelector, metadataOnly, maxItems: maxPerList, signal }),
    );
    for (const item of list?.items ?? []) {
      const id = idOfLive(item, resource);
      if (entries.get(id) === item.metadata.uid) live.set(id, item);
    }
    const strays = [...entries].filter(([id]) => list && !live.has(id)).slice(0, maxStrays);
    for (const [id, uid] of strays) {
      const { name } = parseObjectId(id)!;
      const object = await readSafely(`${resource.kind} ${name}`, onNotice, () =>
        kube.get(resource, { ...where, name }, { metadataOnly, signal }),
      );
      if (object?.metadata.uid === uid) live.set(id, object);
    }
  }
  return live;
}

interface Place {
  readonly resource: Resource;
  readonly namespace: string;
  /** Uids by id. */
  readonly entries: Map<string, string>;
}

function byPlace(owned: readonly InventoryEntry[], kinds: Kinds): readonly Place[] {
  const places = new Map<string, Place>();
  for (const entry of owned) {
    const key = parseObjectId(entry.id);
    const resource = resourceOf(entry.id, entry.apiVersion, kinds);
    if (!key || !resource || entry.state !== 'owned') continue;
    const at = `${resource.group}/${resource.plural}/${key.namespace}`;
    const place = places.get(at) ?? { resource, namespace: key.namespace, entries: new Map() };
    places.set(at, place);
    place.entries.set(entry.id, entry.uid ?? '');
  }
  return [...places.values()];
}
