import type { ObjectId } from '@muster/manifest';
import type { Failure } from './failures.ts';

const freeHeals = 3;
const calmMs = 60_000;
const maxDelayMs = 60_000;

interface Fight {
  readonly digest: string;
  readonly heals: number;
  readonly retryAt: number;
}

/**
 * Objects that somebody keeps changing back. Drift is healed at once, but a manager that is as stubborn as we are
 * would make both write for ever: the first heals in a minute are free, each later one waits twice as long.
 */
export class Fights {
  readonly #byId = new Map<ObjectId, Fight>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  healed(id: ObjectId, digest: string): void {
    const now = this.#now();
    for (const [known, fight] of this.#byId) if (this.#isOver(fight)) this.#byId.delete(known);
    const before = this.#byId.get(id);
    const heals = before?.digest === digest ? before.heals + 1 : 1;
    const delay = heals < freeHeals ? 0 : Math.min(maxDelayMs, 1_000 * 2 ** (heals - freeHeals));
    this.#byId.set(id, { digest, heals, retryAt: now + delay });
  }

  isWaiting(id: ObjectId, digest: string | undefined): boolean {
    const fight = this.#byId.get(id);
    return fight !== undefined && fight.digest === digest && fight.retryAt > this.#now();
  }

  /** What to tell of an object that is not as it should be, once it is a fight. */
  of(id: ObjectId): Failure | undefined {
    const fight = this.#byId.get(id);
    if (!fight || fight.heals < freeHeals || this.#isOver(fight)) return undefined;
    return {
      digest: fight.digest,
      attempts: fight.heals,
      retryAt: fight.retryAt,
      reason: 'Conflict',
      message: `another manager keeps changing it: it was set right ${fight.heals} times in a row`,
    };
  }

  /** When the next object may be set right again that could not be at that time. */
  nextRetryAt(since: number): number | undefined {
    let next: number | undefined;
    for (const { retryAt } of this.#byId.values())
      if (retryAt > since && (next === undefined || retryAt < next)) next = retryAt;
    return next;
  }

  forgive(): void {
    this.#byId.clear();
  }

  #isOver({ retryAt }: Fight): boolean {
    return this.#now() - retryAt > calmMs;
  }
}
