import type { ObjectId } from '@muster/manifest';
import type { InventoryEntry, LiveObject } from './model.ts';

/** Whose marks a live object bears: valid only where the annotation names the object itself, for a copy has another's. */
export function ownerOf(
  id: ObjectId,
  live: LiveObject,
): { readonly fleet: string; readonly bundle: string } | undefined {
  if (live.marksObject !== id || live.fleet === undefined || live.bundle === undefined) return undefined;
  return { fleet: live.fleet, bundle: live.bundle };
}

/**
 * Why a live object may not be written, or undefined when it may: another fleet's is never taken. Within the fleet
 * the inventory and the claims decide; marks of a bundle that neither of them knows are left from an object that was
 * kept when it left that bundle.
 */
export function foreignOwner(id: ObjectId, live: LiveObject, fleet: string): string | undefined {
  const owner = ownerOf(id, live);
  return owner && owner.fleet !== fleet ? `fleet ${owner.fleet} (bundle ${owner.bundle})` : undefined;
}

/**
 * The uid under which an entry's object may be deleted: the one recorded, or, where we crashed before it could be
 * recorded, the live one if it bears our marks (which only our write can have put there).
 */
export function provenUid(entry: InventoryEntry, live: LiveObject, fleet: string): string | undefined {
  if (entry.state === 'owned') return entry.uid === live.uid ? live.uid : undefined;
  return ownerOf(entry.id, live)?.fleet === fleet ? live.uid : undefined;
}
