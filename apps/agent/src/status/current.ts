import type { ObjectId } from '@muster/manifest';
import type { WantedBundle } from '../core/bundles.ts';
import { adoptedWarning } from './adopted.ts';
import { assess, assessLeaving, rivalClaims } from './assess.ts';
import type { Knowledge, Leaving, SkipsByBundle } from './assess.ts';
import type { AssignmentStatus } from './model.ts';

/** The statuses of all bundles that are assigned, or of which something remains, or of which something was told. */
export function currentStatuses(
  bundles: readonly WantedBundle[],
  skips: SkipsByBundle,
  toldBefore: readonly AssignmentStatus[],
  know: Knowledge,
): readonly AssignmentStatus[] {
  const assigned = new Set(bundles.map((bundle) => bundle.bundle));
  const leaving = new Map<string, Leaving>();
  const left = [...know.inventory.values()].filter(({ bundle }) => !assigned.has(bundle));
  const wanted = left.length === 0 ? new Set() : new Set(bundles.flatMap(idsOf));
  for (const { bundle, id } of left) {
    const { remaining, handedOver } = leaving.get(bundle) ?? nothing;
    leaving.set(bundle, { remaining: remaining + 1, handedOver: handedOver + (wanted.has(id) ? 1 : 0) });
  }
  for (const { bundle } of toldBefore)
    if (!assigned.has(bundle) && !leaving.has(bundle)) leaving.set(bundle, nothing);
  const going = goingOf(bundles, skips, know);
  const rivals = rivalClaims(skips);
  const statuses = [
    ...bundles.map((bundle) =>
      assess(
        bundle,
        skips.get(bundle.bundle) ?? [],
        know,
        [...(rivals.get(bundle.bundle) ?? []), ...adoptedWarning(bundle, know.inventory)],
        going.get(bundle.bundle),
      ),
    ),
    ...[...leaving].map(([bundle, remaining]) =>
      assessLeaving(bundle, skips.get(bundle) ?? [], remaining, know),
    ),
  ];
  return know.clusterIsAway ? statuses.map(unreachable) : statuses;
}

/** How many objects left bundles that are assigned, and are being deleted: what waits has a skip that says for what. */
function goingOf(
  bundles: readonly WantedBundle[],
  skips: SkipsByBundle,
  { inventory }: Knowledge,
): ReadonlyMap<string, number> {
  const wanted = new Set(bundles.flatMap(idsOf));
  const waiting = new Set([...skips.values()].flat().flatMap((skip) => (skip.deletion ? [skip.id] : [])));
  const going = new Map<string, number>();
  for (const { id, bundle, hook } of inventory.values())
    if (!hook && !wanted.has(id) && !waiting.has(id)) going.set(bundle, (going.get(bundle) ?? 0) + 1);
  return going;
}

const nothing: Leaving = { remaining: 0, handedOver: 0 };

function idsOf({ objects }: WantedBundle): ObjectId[] {
  return objects.flatMap(({ id }) => id ?? []);
}

/** The last that was known would be told as if it were so now. */
function unreachable(status: AssignmentStatus): AssignmentStatus {
  if (status.gone) return status;
  return {
    ...status,
    sync: 'Unknown',
    health: 'Unknown',
    reason: 'Unreachable',
    message: 'the API server of the cluster does not answer the agent',
  };
}
