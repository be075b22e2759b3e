const firstMs = 1_000;
const longestMs = 30_000;

/** Runs work again after it failed, each time after twice as long, until it is told that it succeeded. */
export class Retry {
  readonly #work: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** However often it failed meanwhile, it is tried again once. */
  failed(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
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
