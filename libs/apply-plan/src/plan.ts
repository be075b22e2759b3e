import { decideApply } from './apply-decision.ts';
import { settleClaims } from './claims.ts';
import { Gates } from './gates.ts';
import type {
  ApplyReason,
  ApplyStep,
  DesiredObject,
  InventoryEntry,
  Plan,
  PlanInput,
  Skip,
} from './model.ts';
import { orderSteps } from './order.ts';
import { planHooks } from './plan-hooks.ts';
import { decidePrune } from './prune-decision.ts';
import { orderDeletions } from './prune-order.ts';

export interface PlanOptions {
  /** The apiVersion that an object's bytes name. */
  readonly apiVersionOf: (object: DesiredObject) => string;
}

/**
 * What is to be done to bring a cluster to its desired state, and for everything that isn't done, why not. Pure:
 * the same knowledge gives the same plan, so planning anew after a crash, or at any event, is always right.
 */
export function planCluster(input: PlanInput, options: PlanOptions): Plan {
  const claims = settleClaims(input.desired, input.inventory);
  const granted = [...claims.granted.values()];
  const gates = new Gates(input, granted);
  const applies: ApplyStep[] = [];
  const intents: InventoryEntry[] = [];
  const skips: Skip[] = [...claims.disputes];
  for (const object of granted) {
    if (object.placement?.hook) continue;
    const { id, bundle } = object;
    const decision = decideApply(input, object);
    const skip = 'skip' in decision ? decision.skip : heldBack(input, gates, object);
    if (skip) skips.push({ id, bundle, deletion: false, ...skip });
    if (skip || 'skip' in decision) continue;
    applies.push({ kind: 'apply', id, object, reason: decision.apply });
    const intent = intentFor(object, input.inventory.get(id), decision.apply, options.apiVersionOf(object));
    if (intent) intents.push(intent);
  }
  const hooks = planHooks(input, gates, options.apiVersionOf);
  const leaving = [...input.inventory.values()].filter((entry) => !claims.granted.has(entry.id));
  const prune = orderDeletions(input, gates, decidePrune(input, leaving));
  return {
    phases: orderSteps([...applies, ...hooks.applies], [...prune.deletions, ...hooks.deletions]),
    skips: [...skips, ...hooks.skips, ...prune.skips],
    intents: [...intents, ...hooks.intents],
    forgets: prune.forgets,
    waits: gates.waits,
    ...(hooks.nextDeadline === undefined ? {} : { nextDeadline: hooks.nextDeadline }),
  };
}

/**
 * Why an object isn't written yet, though it would be. What was applied with this digest before is set right at once,
 * whatever its bundle waits for.
 */
function heldBack(
  input: PlanInput,
  gates: Gates,
  object: DesiredObject,
): Pick<Skip, 'reason' | 'detail'> | undefined {
  if (input.inventory.get(object.id)?.digest === object.digest) return undefined;
  const failure = gates.failureOf(object.bundle);
  if (failure) return { reason: 'stopped', detail: failure.message };
  const wait = gates.waitOf(object);
  return wait && { reason: 'waiting', detail: wait.message };
}

/**
 * The entry that must be durable before an object's first write. One that exists suffices, whichever bundle it
 * names (a hand-over interrupted is a hand-over done again), unless the write makes an object with another uid:
 * were that not intended first, a crash would leave an object that the inventory cannot prove to be ours.
 */
function intentFor(
  object: DesiredObject,
  entry: InventoryEntry | undefined,
  reason: ApplyReason,
  apiVersion: string,
): InventoryEntry | undefined {
  const adopted = reason === 'adopt' || (entry?.adopted ?? false);
  const makesAnother = reason === 'create' || reason === 'replaced' || reason === 'adopt';
  const suffices =
    entry?.state === 'intended' ? entry.adopted === adopted : entry !== undefined && !makesAnother;
  if (suffices) return undefined;
  return {
    id: object.id,
    bundle: object.bundle,
    apiVersion,
    state: 'intended',
    adopted,
    // What was there before with this content is set right at once, also when the first attempt fails.
    ...(entry?.digest !== undefined && entry.bundle === object.bundle ? { digest: entry.digest } : {}),
    ...(object.placement?.wave === undefined ? {} : { wave: object.placement.wave }),
  };
}
