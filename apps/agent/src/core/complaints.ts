import type { ObjectId } from '@muster/manifest';
import type { Log } from '../log.ts';
import type { Failure } from './failures.ts';
import { kindOf } from './slots.ts';

/** So many of a kind are told one by one. */
const maxEach = 3;
const periodMs = 60_000;

/**
 * Failures for the log. Each object's own is in its status; a thousand objects that one webhook holds up are one line a
 * minute here, beside the first few.
 */
export class Complaints {
  readonly #log: Pick<Log, 'warn' | 'debug'>;
  readonly #now: () => number;
  /** By kind and reason. */
  readonly #seen = new Map<string, { readonly since: number; count: number }>();

  constructor(log: Pick<Log, 'warn' | 'debug'>, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** `what` failed of an object, for the first time. */
  add(what: string, id: ObjectId, failure: Pick<Failure, 'reason' | 'message'>): void {
    const key = `${kindOf(id)} ${failure.reason}`;
    const now = this.#now();
    const known = this.#seen.get(key);
    const seen = known && now - known.since < periodMs ? known : { since: now, count: 0 };
    this.#seen.set(key, seen);
    seen.count += 1;
    const details = { object: id, reason: failure.reason };
    const line = `${what} failed: ${failure.message}`;
    if (seen.count <= maxEach) this.#log.warn(details, line);
    else this.#log.debug(details, line);
    if (seen.count === maxEach + 1)
      this.#log.warn(
        { kind: kindOf(id), reason: failure.reason },
        'more objects of this kind fail for such a reason: their statuses say so',
      );
  }
}
