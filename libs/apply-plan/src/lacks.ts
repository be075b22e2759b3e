import { hasEnded } from './apply-decision.ts';
import { describeObject } from './describe.ts';
import type { DesiredObject, PlanInput } from './model.ts';

/**
 * What an ordinary object lacks so that what comes after it may come: it is to be as this manifest says, and healthy
 * unless nobody waits for that. What somebody suspended rests as it should.
 */
export function whatLacks(input: PlanInput, object: DesiredObject): string | undefined {
  const lack = lackOf(input, object);
  return lack === undefined ? undefined : `${describeObject(object.id)} ${lack}`;
}

/** True when it was written as its present manifest says, whatever became of it. */
export function isApplied(input: PlanInput, { id, bundle, digest }: DesiredObject): boolean {
  const entry = input.inventory.get(id);
  return entry?.state === 'owned' && entry.bundle === bundle && entry.digest === digest;
}

function lackOf(input: PlanInput, object: DesiredObject): string | undefined {
  if (!isApplied(input, object)) return 'is to be applied';
  const observation = input.observe(object.id);
  if (observation.state !== 'present' && hasEnded(input.inventory.get(object.id), object)) return undefined;
  if (observation.state === 'absent') return 'is missing';
  if (observation.state === 'unobserved') return 'has not been looked at yet';
  const { live } = observation;
  if (live.uid !== input.inventory.get(object.id)?.uid) return 'was made anew by somebody';
  if (live.terminating) return 'is being deleted';
  if (object.placement?.ignoreHealth) return undefined;
  const health = input.health?.(object.id);
  if (!health || health.status === 'Healthy' || health.status === 'Suspended') return undefined;
  return `is ${health.status}${health.message ? `: ${health.message}` : ''}`;
}
