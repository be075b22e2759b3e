import { compareCodePoints } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { DesiredObject, InventoryEntry, Skip } from './model.ts';

export interface Claims {
  /** Each object once. */
  readonly granted: ReadonlyMap<ObjectId, DesiredObject>;
  /** One for every claim that lost, and one for the winner, so that both say so. */
  readonly disputes: readonly Skip[];
}

/** Who has an object that several bundles claim: its present owner, else the smaller name. */
export function settleClaims(
  desired: readonly DesiredObject[],
  inventory: ReadonlyMap<ObjectId, InventoryEntry>,
): Claims {
  const granted = new Map<ObjectId, DesiredObject>();
  const disputes: Skip[] = [];
  for (const object of desired) {
    const rival = granted.get(object.id);
    if (!rival) {
      granted.set(object.id, object);
      continue;
    }
    const winner = prefer(rival, object, inventory.get(object.id)?.bundle);
    const loser = winner === rival ? object : rival;
    granted.set(object.id, winner);
    disputes.push({
      id: object.id,
      bundle: loser.bundle,
      reason: 'claimed-by-two-bundles',
      deletion: false,
      other: winner.bundle,
    });
  }
  return { granted, disputes };
}

function prefer(a: DesiredObject, b: DesiredObject, owner: string | undefined): DesiredObject {
  if (a.bundle === owner) return a;
  if (b.bundle === owner) return b;
  return compareCodePoints(a.bundle, b.bundle) <= 0 ? a : b;
}
