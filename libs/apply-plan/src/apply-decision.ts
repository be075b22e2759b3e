import type {
  ApplyReason,
  DesiredObject,
  InventoryEntry,
  LiveObject,
  PlanInput,
  Skip,
  SkipReason,
} from './model.ts';
import { foreignOwner, ownerOf } from './ownership.ts';

export type ApplyDecision =
  { readonly apply: ApplyReason } | { readonly skip: Omit<Skip, 'id' | 'bundle' | 'deletion'> };

/** Whether a granted object is to be written now, and why or why not. */
export function decideApply(input: PlanInput, object: DesiredObject): ApplyDecision {
  const entry = input.inventory.get(object.id);
  const observation = input.observe(object.id);
  if (observation.state !== 'present' && hasEnded(entry, object)) return { skip: { reason: 'ended' } };
  if (observation.state === 'unobserved') return pausedOr(input, object, entry, 'unobserved');
  if (observation.state === 'absent') return gate(input, object, entry, 'create');
  const { live } = observation;
  const other = foreignOwner(object.id, live, input.fleet);
  if (other !== undefined) return { skip: { reason: 'owned-by-other', other } };
  if (live.terminating) return pausedOr(input, object, entry, 'terminating');
  const reason = reasonToApply(object, entry, live, input.fleet);
  return reason === undefined ? { skip: { reason: 'unchanged' } } : gate(input, object, entry, reason);
}

/** True when a Job with this content ran to its end, and was to be removed by its TTL. */
export function hasEnded(entry: InventoryEntry | undefined, { bundle, digest }: DesiredObject): boolean {
  return entry?.ended === true && entry.bundle === bundle && entry.digest === digest;
}

/** True when the live object is what was last verified: same resourceVersion, or nobody took a field of ours. */
export function isVerified(entry: InventoryEntry, live: LiveObject): boolean {
  if (entry.state !== 'owned' || entry.uid !== live.uid) return false;
  if (entry.resourceVersion === live.resourceVersion) return true;
  return entry.fieldsHash !== undefined && entry.fieldsHash === live.fieldsHash;
}

function reasonToApply(
  object: DesiredObject,
  entry: InventoryEntry | undefined,
  live: LiveObject,
  fleet: string,
): ApplyReason | undefined {
  // Neither recorded under this uid nor marked by us: somebody else made it, perhaps while we were away.
  if (!entry || (entry.uid !== live.uid && ownerOf(object.id, live)?.fleet !== fleet)) return 'adopt';
  if (entry.state === 'intended') return entry.bundle === object.bundle ? 'unverified' : 'hand-over';
  if (entry.uid !== live.uid) return 'replaced';
  if (entry.bundle !== object.bundle) return 'hand-over';
  if (entry.digest !== object.digest || entry.ignoring !== object.ignoring) return 'changed';
  return isVerified(entry, live) ? undefined : 'drift';
}

function gate(
  input: PlanInput,
  object: DesiredObject,
  entry: InventoryEntry | undefined,
  reason: ApplyReason,
): ApplyDecision {
  if (isPaused(input, object.bundle, entry)) return { skip: { reason: 'paused' } };
  if (isOnlyReported(input, object, entry, reason)) return { skip: { reason: 'drifted' } };
  if (input.isBackingOff(object.id, object.digest)) return { skip: { reason: 'backing-off' } };
  return { apply: reason };
}

/** What was applied so before, and would have to be made again. A drift of its fields is looked at first. */
function isOnlyReported(
  input: PlanInput,
  object: DesiredObject,
  entry: InventoryEntry | undefined,
  reason: ApplyReason,
): boolean {
  if (reason !== 'create' && reason !== 'replaced') return false;
  if (!input.bundles.get(object.bundle)?.reportsDrift) return false;
  return entry?.state === 'owned' && entry.bundle === object.bundle && entry.digest === object.digest;
}

function pausedOr(
  input: PlanInput,
  object: DesiredObject,
  entry: InventoryEntry | undefined,
  reason: SkipReason,
): ApplyDecision {
  return { skip: { reason: isPaused(input, object.bundle, entry) ? 'paused' : reason } };
}

/** An object on its way between two bundles rests while either is paused. */
function isPaused(input: PlanInput, bundle: string, entry: InventoryEntry | undefined): boolean {
  if (input.paused || input.bundles.get(bundle)?.paused) return true;
  return entry !== undefined && (input.bundles.get(entry.bundle)?.paused ?? false);
}
