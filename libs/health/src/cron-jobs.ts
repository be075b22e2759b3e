import type { Health, LiveObject } from './model.ts';
import { fieldsOf, textOf } from './read.ts';
import { degraded, healthy, progressing, suspended } from './verdicts.ts';

/**
 * By its own times alone: a run that was scheduled after the last success, and is no longer active, has failed.
 * That mends by itself as soon as a later run succeeds.
 */
export function cronJobHealth(object: LiveObject): Health {
  if (fieldsOf(object.spec).suspend === true) return suspended('the CronJob is suspended');
  const status = fieldsOf(object.status);
  const scheduled = Date.parse(textOf(status.lastScheduleTime));
  const succeeded = Date.parse(textOf(status.lastSuccessfulTime));
  if (Number.isNaN(scheduled)) return healthy('not scheduled yet');
  const isActive = Array.isArray(status.active) && status.active.length > 0;
  if (succeeded >= scheduled) return healthy('the last run succeeded');
  if (isActive)
    return Number.isNaN(succeeded) ? progressing('the first run is active') : healthy('a run is active');
  return degraded('the last run did not succeed');
}
