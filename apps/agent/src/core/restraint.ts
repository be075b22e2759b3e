import type { Unseen } from './unseen.ts';

const firstMs = 1_000;
const maxMs = 30_000;
/** Rights come from people. */
const forbiddenFirstMs = 5_000;
const forbiddenMaxMs = 60_000;

interface Refusal {
  readonly failures: number;
  readonly until: number;
  readonly problem: Unseen;
}

/**
 * What was asked in vain, and when it may be asked again. Rounds come as often as the cluster changes: without this,
 * a broken API or a missing right would be asked about as often.
 */
export class Restraint {
  readonly #byKey = new Map<string, Refusal>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number = () => performance.now(), random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /** Why it isn't asked yet; `undefined` once it may be. */
  whyNot(key: string): Unseen | undefined {
    const refusal = this.#byKey.get(key);
    return refusal && this.#now() < refusal.until ? refusal.problem : undefined;
  }

  refused(key: string, problem: Unseen): void {
    const failures = (this.#byKey.get(key)?.failures ?? 0) + 1;
    const [first, max] =
      problem.reason === 'Forbidden' ? [forbiddenFirstMs, forbiddenMaxMs] : [firstMs, maxMs];
    const delayMs = Math.min(max, first * 2 ** Math.min(failures - 1, 10)) * (0.5 + this.#random() / 2);
    this.#byKey.set(key, { failures, until: this.#now() + delayMs, problem });
  }

  answered(key: string): void {
    this.#byKey.delete(key);
  }

  /** All may be asked again at once. */
  forgive(): void {
    this.#byKey.clear();
  }
}
