import { parseObjectId } from '@muster/manifest';
import { decideApply } from './apply-decision.ts';
import { settleClaims } from './claims.ts';
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
import { decidePrune } from './prune-decision.ts';

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
  const applies: ApplyStep[] = [];
  const intents: InventoryEntry[] = [];
  const skips: Skip[] = [...claims.disputes];
  for (const object of claims.granted.values()) {
    const decision = decideApply(input, object);
    if ('skip' in decision) {
      skips.push({ id: object.id, bundle: object.bundle, deletion: false, ...decision.skip });
      continue;
    }
    applies.push({ kind: 'apply', id: object.id, object, reason: decision.apply });
    const intent = intentFor(
      object,
      input.inventory.get(object.id),
      decision.apply,
      options.apiVersionOf(object),
    );
    if (intent) intents.push(intent);
  }
  const leaving = [...input.inventory.values()].filter((entry) => !claims.granted.has(entry.id));
  const prune = decidePrune(input, leaving);
  return {
    phases: orderSteps(applies, prune.deletions),
    skips: [...skips, ...prune.skips],
    intents,
    forgets: prune.forgets,
  };
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
  };
}

/** For logs and statuses: `Deployment shop/web`. */
export function describeObject(id: string): string {
  const key = parseObjectId(id);
  if (!key) return id;
  return `${key.kind} ${key.namespace ? `${key.namespace}/` : ''}${key.name}`;
}
