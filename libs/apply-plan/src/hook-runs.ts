import { hasRun, keepsForever } from './hook-kinds.ts';
import { runOf, withRun } from './hook-record.ts';
import type { HookRun } from './hook-record.ts';
import type { DesiredObject, InventoryEntry, LiveObject, PlanInput } from './model.ts';
import { ownerOf } from './ownership.ts';
import type { Hook, HookPhase } from './placement.ts';

/** Where a hook's turn stands. */
export type Turn =
  /** It has not begun. */
  | { readonly phase: HookPhase; readonly state: 'due' }
  /** It is recorded, and its object may not have been made. */
  | { readonly phase: HookPhase; readonly state: 'recorded' }
  | {
      readonly phase: HookPhase;
      readonly state: 'running';
      readonly message: string;
      readonly deadline?: number;
    }
  | { readonly phase: HookPhase; readonly state: 'succeeded' }
  | { readonly phase: HookPhase; readonly state: 'failed'; readonly run: HookRun };

/** A hook as it is now: each of its turns, and what is newly known of its entry. */
export interface HookView {
  readonly object: DesiredObject;
  readonly hook: Hook;
  readonly manifest: string;
  readonly turns: readonly Turn[];
  readonly entry: InventoryEntry | undefined;
  /** The entry says more than it did: it has to be durable before what follows from it. */
  readonly isNews: boolean;
}

const defaultDeadlineS = 300;

/**
 * How the turns of a hook stand. What ended is recorded as ended for good; what was seen and is gone without a seen
 * end counts as failed, because running it again might do twice what must be done once.
 */
export function viewHook(input: PlanInput, object: DesiredObject, hook: Hook): HookView {
  const bundle = input.bundles.get(object.bundle);
  const manifest = bundle?.manifest ?? '';
  const before = input.inventory.get(object.id);
  let entry = learn(input, object, hook, manifest, before);
  const deadlineS = hook.deadlineS ?? bundle?.healthTimeoutS ?? defaultDeadlineS;
  const turns = hook.phases.map((phase): Turn => {
    const run = runOf(ownRecord(entry, object), manifest, phase);
    if (!run || !entry) return { phase, state: 'due' };
    if (run.state === 'failed') return { phase, state: 'failed', run };
    if (run.state === 'succeeded') return { phase, state: 'succeeded' };
    const judged = judge(input, object, entry, run, deadlineS);
    if (judged.state !== 'succeeded' && judged.state !== 'failed') return judged;
    const ended: HookRun =
      judged.state === 'failed' ? judged.run : { ...run, state: 'succeeded', startedAt: run.startedAt };
    entry = { ...entry, hook: withRun(entry.hook, manifest, ended) };
    return judged;
  });
  return { object, hook, manifest, turns, entry, isNews: entry !== before };
}

function ownRecord(entry: InventoryEntry | undefined, object: DesiredObject): InventoryEntry['hook'] {
  return entry?.bundle === object.bundle ? entry.hook : undefined;
}

/** What a look at the cluster adds to an entry: whose object it is that a crash left unrecorded. */
function learn(
  input: PlanInput,
  object: DesiredObject,
  hook: Hook,
  manifest: string,
  entry: InventoryEntry | undefined,
): InventoryEntry | undefined {
  if (!entry || entry.bundle !== object.bundle) return entry;
  if (!entry.hook && entry.state === 'owned' && entry.digest === object.digest)
    return { ...entry, hook: asRun(hook, manifest) };
  const isStarted = entry.hook?.manifest === manifest && entry.hook.runs.some(isOpen);
  const live = liveOf(input, object);
  if (!isStarted || entry.state !== 'intended' || entry.adopted || !live) return entry;
  if (ownerOf(object.id, live)?.fleet !== input.fleet) return entry;
  return { ...entry, state: 'owned', uid: live.uid, digest: object.digest };
}

/** An agent that knew no hooks applied it as an ordinary object: it is not run once more because agents learn. */
function asRun(hook: Hook, manifest: string): NonNullable<InventoryEntry['hook']> {
  const phases = hook.phases.filter((phase) => phase !== 'SyncFail');
  return { manifest, runs: phases.map((phase) => ({ phase, state: 'succeeded', startedAt: 0 })) };
}

function isOpen(run: HookRun): boolean {
  return run.state === 'started';
}

function liveOf(input: PlanInput, { id }: DesiredObject): LiveObject | undefined {
  const observation = input.observe(id);
  return observation.state === 'present' ? observation.live : undefined;
}

function judge(
  input: PlanInput,
  object: DesiredObject,
  entry: InventoryEntry,
  run: HookRun,
  deadlineS: number,
): Turn {
  const { phase } = run;
  const failed = (message: string): Turn => ({
    phase,
    state: 'failed',
    run: { ...run, state: 'failed', message },
  });
  // Nobody has seen it yet: its digest is what an answer, or a look, adds.
  if (entry.state !== 'owned' || entry.digest !== object.digest) return { phase, state: 'recorded' };
  const observation = input.observe(object.id);
  if (observation.state === 'unobserved')
    return { phase, state: 'running', message: 'it has not been looked at yet' };
  if (observation.state === 'absent') return failed('it was deleted before its end was seen');
  const { live } = observation;
  if (live.uid !== entry.uid) return failed('somebody made it anew before its end was seen');
  const health = input.health?.(object.id) ?? { status: 'Healthy', message: '' };
  if (health.status === 'Healthy') return { phase, state: 'succeeded' };
  if (health.status === 'Degraded') return failed(health.message);
  const deadline = run.startedAt + deadlineS * 1_000;
  if (input.now !== undefined && input.now >= deadline)
    return failed(`it did not end within ${deadlineS} seconds: ${health.message}`);
  return { phase, state: 'running', message: health.message, deadline };
}

/**
 * Whether the former instance makes way for a new one, rather than to be applied over. What runs always does: one that
 * ran before, applied over, would be taken for a run that succeeded.
 */
export function isMadeAnew({ object, hook, entry }: HookView, live: LiveObject): boolean {
  if (keepsForever(object.id) || entry?.adopted) return false;
  return hasRun(object.id) || (!live.neverPrune && hook.deletePolicies.includes('BeforeHookCreation'));
}

/** Whether an instance whose turn ended is to be deleted now. A failed one waits until its last words are kept. */
export function isToBeRemoved({ object, hook, entry }: HookView, turn: Turn, live: LiveObject): boolean {
  if (entry?.state !== 'owned' || entry.uid !== live.uid || live.terminating) return false;
  if (keepsForever(object.id) || live.neverPrune || entry.adopted) return false;
  if (turn.state === 'succeeded') return hook.deletePolicies.includes('HookSucceeded');
  return turn.state === 'failed' && turn.run.tail !== undefined && hook.deletePolicies.includes('HookFailed');
}
