import { parseObjectId } from '@muster/manifest';
import type {
  DeleteStep,
  Forget,
  InventoryEntry,
  LiveObject,
  PlanInput,
  PrunePolicy,
  Skip,
} from './model.ts';
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
 * and what nobody else has taken on, is ever deleted; nothing is while a bundle that isn't known whole may hold it, or
 * while its own bundle says that it is to stay; and what is dear or much waits for a person.
 */
export function decidePrune(input: PlanInput, candidates: readonly InventoryEntry[]): PruneDecisions {
  const deletions: DeleteStep[] = [];
  const forgets: Forget[] = [];
  const skips: Skip[] = [];
  const hold = holdOf(input);
  const wantedUids = candidates.length === 0 ? new Set<string>() : uidsOfWanted(input);
  for (const entry of candidates) {
    const decision = decideOne(input, entry, hold, wantedUids);
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
  wantedUids: ReadonlySet<string>,
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
  // A pause can be lifted, and its bundle brought back: until then the inventory knows what is its own.
  if (isPaused(input, bundle)) return skip('paused');
  const { policy, hasLeft } = policyFor(input, bundle);
  if (hasLeft && policy.onRemoval === 'Orphan') return forget('left-behind');
  if (entry.adopted && policy.adopted !== 'Prune') return forget('adopted-kept');
  if (live.neverPrune) return forget('never-prune');
  if (live.controller !== undefined || wantedUids.has(uid)) return forget('not-ours-alone');
  // One that left cannot say otherwise any more: then a person can.
  if (policy.prune === false && !(hasLeft && input.deletionConsents.has(bundle))) return skip('orphaned');
  if (live.terminating) return skip('terminating', describeTermination(live));
  if (input.isBackingOff(id, undefined)) return skip('backing-off');
  return { kind: 'delete', id, bundle, uid, apiVersion: entry.apiVersion };
}

function isPaused(input: PlanInput, bundle: string): boolean {
  return (
    input.paused ||
    (input.bundles.get(bundle)?.paused ?? false) ||
    (input.leaving?.get(bundle)?.paused ?? false)
  );
}

function policyFor(
  input: PlanInput,
  bundle: string,
): { readonly policy: PrunePolicy; readonly hasLeft: boolean } {
  const assigned = input.bundles.get(bundle);
  if (assigned) return { policy: assigned.policy ?? {}, hasLeft: false };
  return { policy: input.leaving?.get(bundle)?.policy ?? {}, hasLeft: true };
}

/** An API may be served by two groups: what leaves under one name may be what is wanted under the other. */
function uidsOfWanted(input: PlanInput): Set<string> {
  const uids = new Set<string>();
  for (const { id } of input.desired) {
    const observation = input.observe(id);
    if (observation.state === 'present') uids.add(observation.live.uid);
  }
  return uids;
}

/** Says who holds it and since when: a time, and no duration, so that it is told once. */
function describeTermination({ termination }: LiveObject): Pick<Skip, 'detail'> {
  if (termination === undefined) return {};
  const { since, finalizers } = termination;
  const s = finalizers.length === 1 ? '' : 's';
  const holders = finalizers.length === 0 ? '' : `; held by the finalizer${s} ${finalizers.join(', ')}`;
  return { detail: `its deletion began at ${since}${holders}` };
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
