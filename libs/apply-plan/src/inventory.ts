import type { ObjectId } from '@muster/manifest';
import type { DesiredObject, InventoryEntry, LiveObject } from './model.ts';

/** What an answer to a write, or a look at the object, says of it. */
export type Seen = Pick<LiveObject, 'uid' | 'resourceVersion' | 'fieldsHash'>;

/** The entry after an object was applied: owned, with the uid that the API server gave. */
export function afterApply(
  entry: InventoryEntry | undefined,
  object: DesiredObject,
  apiVersion: string,
  seen: Seen,
): InventoryEntry {
  return {
    id: object.id,
    bundle: object.bundle,
    apiVersion,
    state: 'owned',
    uid: seen.uid,
    digest: object.digest,
    resourceVersion: seen.resourceVersion,
    ...(seen.fieldsHash === undefined ? {} : { fieldsHash: seen.fieldsHash }),
    adopted: entry?.adopted ?? false,
    ...(object.ignoring === undefined ? {} : { ignoring: object.ignoring }),
    ...(object.placement?.wave === undefined ? {} : { wave: object.placement.wave }),
    ...(entry?.ended && entry.digest === object.digest && entry.uid === seen.uid ? { ended: true } : {}),
    ...(object.placement?.hook && entry?.hook ? { hook: entry.hook } : {}),
  };
}

/** The entry after a look at its object found nothing that concerns us: the resourceVersion is verified. */
export function afterVerification(entry: InventoryEntry, seen: Seen): InventoryEntry {
  return { ...entry, resourceVersion: seen.resourceVersion };
}

/** An inventory with entries set and others gone. */
export function withEntries(
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
  set: readonly InventoryEntry[],
  gone: readonly ObjectId[] = [],
): Map<ObjectId, InventoryEntry> {
  const result = new Map(inventory);
  for (const id of gone) result.delete(id);
  for (const entry of set) result.set(entry.id, entry);
  return result;
}
