/** So many kinds are looked at in each interval, at most: their lists are what a check costs the API server. */
const kindsAnInterval = 90;

export interface FullCheckOptions {
  readonly intervalMs: number;
  /** How many kinds are watched now. */
  readonly kinds: () => number;
  /** Lists everything anew and acts on what differs. */
  readonly check: () => Promise<void>;
  readonly random: () => number;
}

/**
 * Looks at everything again and again, for what no watch told: a watch that died unnoticed, an object that lost our
 * label while nobody watched. Agents that start together do it apart; many kinds make it rarer, so that its requests
 * stay few: at the default of 30 minutes no more than three a minute.
 */
export class FullCheck {
  readonly #o: FullCheckOptions;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: FullCheckOptions) {
    this.#o = options;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.#o.check().finally(() => this.#schedule());
    }, this.#delayMs());
    this.#timer.unref();
  }

  #delayMs(): number {
    const { intervalMs, kinds, random } = this.#o;
    return nextCheckMs(intervalMs, kinds(), random());
  }
}

/** `random` from 0 to 1: a fifth of the interval is left to chance. */
export function nextCheckMs(intervalMs: number, kinds: number, random: number): number {
  return intervalMs * Math.max(1, kinds / kindsAnInterval) * (0.9 + 0.2 * random);
}
