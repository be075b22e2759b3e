export interface RetryDelays {
  readonly firstMs: number;
  readonly longestMs: number;
}

const soon: RetryDelays = { firstMs: 1_000, longestMs: 30_000 };

/** Runs work again after it failed, each time after twice as long, until it is told that it succeeded. */
export class Retry {
  readonly #work: () => void;
  readonly #delays: RetryDelays;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(work: () => void, delays: RetryDelays = soon) {
    this.#work = work;
    this.#delays = delays;
  }

  /** However often it failed meanwhile, it is tried again once. */
  failed(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    const { firstMs, longestMs } = this.#delays;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#work();
      },
      Math.min(longestMs, firstMs * 2 ** this.#failures++),
    );
    this.#timer.unref();
  }

  succeeded(): void {
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}
