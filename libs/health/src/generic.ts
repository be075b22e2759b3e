import type { Health, LiveObject } from './model.ts';
import { conditionOf, fieldsOf } from './read.ts';
import { degraded, healthy, progressing } from './verdicts.ts';
import { notObserved } from './workloads.ts';

/**
 * For a kind without a rule: kstatus' conventions, which are safe for objects that know nothing of them.
 * `Reconciling` and `Stalled` are abnormal-true; `Ready` says what it says.
 */
export function genericHealth(object: LiveObject): Health {
  const behind = notObserved(object);
  if (behind) return behind;
  const status = fieldsOf(object.status);
  const stalled = conditionOf(status, 'Stalled');
  if (stalled?.status === 'True') return degraded(stalled.message || stalled.reason);
  const reconciling = conditionOf(status, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(reconciling.message || reconciling.reason);
  const ready = conditionOf(status, 'Ready');
  if (ready && ready.status !== 'True') return progressing(ready.message || ready.reason || 'not ready yet');
  return healthy();
}
