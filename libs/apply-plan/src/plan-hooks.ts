import type { Gates } from './gates.ts';
import { hasRun } from './hook-kinds.ts';
import { withRun } from './hook-record.ts';
import { isMadeAnew, isToBeRemoved } from './hook-runs.ts';
import type { HookView, Turn } from './hook-runs.ts';
import type { ApplyStep, DeleteStep, InventoryEntry, LiveObject, PlanInput, Skip } from './model.ts';
import { foreignOwner, provenUid } from './ownership.ts';
import { failureMessage, runningMessage } from './turn-messages.ts';

export interface HookPlan {
  readonly applies: readonly ApplyStep[];
  readonly deletions: readonly DeleteStep[];
  readonly skips: readonly Skip[];
  readonly intents: readonly InventoryEntry[];
  readonly nextDeadline: number | undefined;
}

/** What one hook has to do now. */
type HookDecision =
  | { readonly apply: true; readonly intent?: InventoryEntry }
  | { readonly remove: LiveObject; readonly skip: Pick<Skip, 'reason' | 'detail'> }
  | { readonly skip: Pick<Skip, 'reason' | 'detail' | 'other'> };

export function planHooks(
  input: PlanInput,
  gates: Gates,
  apiVersionOf: (object: HookView['object']) => string,
): HookPlan {
  const applies: ApplyStep[] = [];
  const deletions: DeleteStep[] = [];
  const skips: Skip[] = [];
  const intents: InventoryEntry[] = [];
  let nextDeadline: number | undefined;
  for (const view of gates.hooks) {
    const { object, entry } = view;
    const { id, bundle } = object;
    const apiVersion = apiVersionOf(object);
    const decision = decideHook(input, gates, view, apiVersion);
    const intent = 'apply' in decision && decision.intent ? decision.intent : view.isNews ? entry : undefined;
    if (intent) intents.push(intent);
    if ('apply' in decision) {
      applies.push({ kind: 'apply', id, object, reason: 'hook' });
      continue;
    }
    skips.push({ id, bundle, deletion: false, ...decision.skip });
    if ('remove' in decision) deletions.push(removalOf(input, view, decision.remove, apiVersion));
    for (const turn of view.turns)
      if (turn.state === 'running' && turn.deadline !== undefined)
        nextDeadline = Math.min(nextDeadline ?? Infinity, turn.deadline);
  }
  return { applies, deletions, skips, intents, nextDeadline };
}

function decideHook(input: PlanInput, gates: Gates, view: HookView, apiVersion: string): HookDecision {
  const { object, turns } = view;
  const observation = input.observe(object.id);
  const live = observation.state === 'present' ? observation.live : undefined;
  const isPaused = input.paused || input.bundles.get(object.bundle)?.paused === true;
  const turn = turns.find(({ state }) => state !== 'succeeded');
  const ended = turns.findLast(({ state }) => state === 'succeeded' || state === 'failed');
  const removes = ended !== undefined && live !== undefined && isToBeRemoved(view, ended, live);
  const mayRemove = removes && !isPaused && !input.isBackingOff(object.id, undefined);
  const after = (skip: Pick<Skip, 'reason' | 'detail'>): HookDecision =>
    mayRemove ? { remove: live, skip } : { skip };
  if (!turn) return after({ reason: 'hook-done' });
  if (turn.state === 'failed') return after({ reason: 'hook-failed', detail: failureMessage(view, turn) });
  if (turn.state === 'running')
    return { skip: { reason: 'hook-running', detail: runningMessage(view, turn) } };
  const held = holdOf(gates, view, turn);
  if (held) return after(held);
  if (isPaused) return { skip: { reason: 'paused' } };
  if (observation.state === 'unobserved') return { skip: { reason: 'unobserved' } };
  if (input.isBackingOff(object.id, object.digest)) return { skip: { reason: 'backing-off' } };
  // Recorded as begun: once more the same write, which makes nothing that is there already.
  if (turn.state === 'recorded' && !isInTheWay(view, live)) return { apply: true };
  return begin(input, view, turn, live, apiVersion);
}

/** Somebody made an object of this name between our record and our write. */
function isInTheWay({ object, entry }: HookView, live: LiveObject | undefined): boolean {
  return live !== undefined && entry?.state === 'intended' && hasRun(object.id);
}

/** Why its turn hasn't come. */
function holdOf(gates: Gates, view: HookView, turn: Turn): Pick<Skip, 'reason' | 'detail'> | undefined {
  const failure = gates.failureOf(view.object.bundle);
  if (turn.phase === 'SyncFail') return failure ? undefined : { reason: 'hook-done' };
  if (failure) return { reason: 'stopped', detail: failure.message };
  const wait = gates.waitOfHook(view, turn);
  return wait && { reason: 'waiting', detail: wait.message };
}

function begin(
  input: PlanInput,
  view: HookView,
  turn: Turn,
  live: LiveObject | undefined,
  apiVersion: string,
): HookDecision {
  const { object, manifest, entry } = view;
  const { placement } = object;
  const run = { phase: turn.phase, state: 'started', startedAt: input.now ?? 0 } as const;
  const record = entry?.bundle === object.bundle ? entry.hook : undefined;
  const intent: InventoryEntry = {
    id: object.id,
    bundle: object.bundle,
    apiVersion,
    state: 'intended',
    adopted: false,
    ...(placement?.wave === undefined ? {} : { wave: placement.wave }),
    hook: withRun(record, manifest, run),
  };
  if (!live) return { apply: true, intent };
  const other = foreignOwner(object.id, live, input.fleet);
  if (other !== undefined) return { skip: { reason: 'owned-by-other', other } };
  if (live.terminating)
    return { skip: { reason: 'waiting', detail: 'its former instance is being deleted' } };
  const isOurs = entry !== undefined && provenUid(entry, live, input.fleet) !== undefined;
  if (isOurs && isMadeAnew(view, live)) {
    if (input.isBackingOff(object.id, undefined)) return { skip: { reason: 'backing-off' } };
    return { remove: live, skip: { reason: 'waiting', detail: 'its former instance is being deleted' } };
  }
  if (hasRun(object.id)) return { skip: { reason: 'hook-in-the-way' } };
  if (!isOurs) return { apply: true, intent: { ...intent, adopted: true } };
  // Applied over: without its digest, until it is.
  return { apply: true, intent: { ...intent, state: 'owned', uid: live.uid, adopted: entry.adopted } };
}

function removalOf(input: PlanInput, view: HookView, live: LiveObject, apiVersion: string): DeleteStep {
  const { id, bundle } = view.object;
  const status = input.health?.(id)?.status;
  const hasEnded = !hasRun(id) || status === 'Healthy' || status === 'Degraded';
  return {
    kind: 'delete',
    id,
    bundle,
    uid: live.uid,
    apiVersion: view.entry?.apiVersion ?? apiVersion,
    ofHook: true,
    ...(hasEnded ? {} : { propagation: 'Foreground' }),
  };
}
