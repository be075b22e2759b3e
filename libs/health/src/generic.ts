import type { Health, LiveObject } from './model.ts';
import { fieldsOf, numberOf } from './read.ts';
import type { Condition } from './read.ts';
import { Conditions } from './rules/conditions.ts';
import { degraded, healthy, progressing } from './verdicts.ts';
import { notObserved } from './workloads.ts';

/**
 * For a kind without a rule: kstatus' conventions, which are safe for objects that know nothing of them.
 * `Reconciling` and `Stalled` are abnormal-true; `Ready` says what it says. What has none of them is healthy.
 */
export function genericHealth(object: LiveObject): Health {
  const behind = notObserved(object);
  if (behind) return behind;
  const generation = numberOf(fieldsOf(object.metadata).generation);
  const conditions = new Conditions(fieldsOf(object.status), generation);
  const stalled = conditions.find('Stalled');
  if (stalled?.status === 'True') return degraded(said(stalled, 'the controller gave up'));
  const reconciling = conditions.find('Reconciling');
  if (reconciling?.status === 'True') return progressing(said(reconciling, 'the controller is at work'));
  const ready = conditions.find('Ready');
  if (ready && ready.status !== 'True') return progressing(said(ready, 'not ready yet'));
  return healthy(ready?.message);
}

function said({ message, reason }: Condition, otherwise: string): string {
  return message || reason || otherwise;
}
