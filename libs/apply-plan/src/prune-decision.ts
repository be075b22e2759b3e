import { parseObjectId } from '@muster/manifest';
import type { DeleteStep, Forget, InventoryEntry, PlanInput, Skip } from './model.ts';
import { ownerOf, provenUid } from './ownership.ts';

export interface PruneDecisions {
  readonly deletions: readonly DeleteStep[];
  readonly forgets: readonly Forget[];
  readonly skips: readonly Skip[];
}

/** Deleting one of these destroys what a commit cannot bring back. */
const needConsentAlways = new Set([
  '/Namespace',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/**
 * What becomes of entries that no bundle wants any more. Only what the inventory owns, under the uid recorded there,
 * is ever deleted; nothing is while a bundle that isn't known whole may hold it; and what is dear or much waits for
 * a person.
 */
export function decidePrune(input: PlanInput, candidates: readonly InventoryEntry[]): PruneDecisions {
  const deletions: DeleteStep[] = [];
  const forgets: Forget[] = [];
  const skips: Skip[] = [];
  const hold = holdOf(input);
  for (const entry of candidates) {
    const decision = decideOne(input, entry, hold);
    if ('uid' in decision) deletions.push(decision);
    else if ('deletion' in decision) skips.push(decision);
    else forgets.push(decision);
  }
  return guarded(input, { deletions, forgets, skips });
}

function decideOne(
  input: PlanInput,
  entry: InventoryEntry,
  hold: Pick<Skip, 'other' | 'detail'> | undefined,
): DeleteStep | Forget | Skip {
  const { id, bundle } = entry;
  const skip = (reason: Skip['reason'], rest: Pick<Skip, 'other' | 'detail'> = {}): Skip => ({
    id,
    bundle,
    reason,
    deletion: true,
    ...rest,
  });
  const forget = (reason: Forget['reason']): Forget => ({ id, bundle, reason });
  const observation = input.observe(id);
  if (observation.state === 'unobserved') return skip('unobserved');
  // A hold speaks of what may yet be wanted: its entry stays, or the object would come back as a stranger's.
  if (hold) return skip('prune-held', hold);
  if (observation.state === 'absent') return forget('gone');
  const { live } = observation;
  const uid = provenUid(entry, live, input.fleet);
  if (uid === undefined) return forget('uid-differs');
  const owner = ownerOf(id, live);
  if (owner && owner.fleet !== input.fleet) return forget('owned-by-other');
  if (entry.adopted) return forget('adopted-kept');
  if (live.neverPrune) return forget('never-prune');
  if (input.paused || input.bundles.get(bundle)?.paused) return skip('paused');
  if (live.terminating) return skip('terminating');
  if (input.isBackingOff(id, undefined)) return skip('backing-off');
  return { kind: 'delete', id, bundle, uid, apiVersion: entry.apiVersion };
}

function holdOf(input: PlanInput): Pick<Skip, 'other' | 'detail'> | undefined {
  const [held] = input.pruneHolds;
  if (held) return { other: held.bundle, detail: held.reason };
  for (const [bundle, { complete }] of input.bundles) {
    if (!complete) return { other: bundle, detail: 'not all of its objects are known' };
  }
  return undefined;
}

/** What is only put off counts as well: much that goes in slices is much. */
const goesLater: ReadonlySet<Skip['reason']> = new Set(['unobserved', 'terminating', 'backing-off']);

function guarded(input: PlanInput, decisions: PruneDecisions): PruneDecisions {
  const consented = (deletion: Pick<DeleteStep, 'bundle'>): boolean =>
    input.deletionConsents.has(deletion.bundle);
  const unconsented = decisions.deletions.filter((deletion) => !consented(deletion)).length;
  const yetToGo = decisions.skips.filter((skip) => goesLater.has(skip.reason) && !consented(skip)).length;
  const detail = unconsented === 0 ? undefined : guardTrips(input, unconsented + yetToGo);
  const deletions: DeleteStep[] = [];
  const skips = [...decisions.skips];
  for (const deletion of decisions.deletions) {
    const why = consented(deletion) ? undefined : (detail ?? dear(deletion));
    if (why === undefined) deletions.push(deletion);
    else
      skips.push({
        id: deletion.id,
        bundle: deletion.bundle,
        reason: 'consent-needed',
        deletion: true,
        detail: why,
      });
  }
  return { deletions, forgets: decisions.forgets, skips };
}

/** The whole cluster's inventory is the measure: a bundle may well shrink to nothing. */
function guardTrips(input: PlanInput, deletions: number): string | undefined {
  const total = input.inventory.size;
  if (input.desired.length === 0)
    return `the desired state is empty, and ${deletions} objects would be deleted`;
  const { maxObjects, maxPercent } = input.deletionGuard;
  if (deletions <= maxObjects || deletions * 100 <= maxPercent * total) return undefined;
  return `${deletions} of ${total} objects would be deleted at once`;
}

function dear(deletion: DeleteStep): string | undefined {
  const key = parseObjectId(deletion.id);
  if (!key || !needConsentAlways.has(`${key.group}/${key.kind}`)) return undefined;
  return `a ${key.kind} is never deleted without consent`;
}
