/** Timers that end together. */
export class Schedule {
  readonly #random: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  /** `random`: as `Math.random`. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /**
   * Runs `work`, which never rejects, again and again, each time so long after it ended, plus up to a tenth at random:
   * what many hubs look at is not looked at by all of them at once.
   */
  every(ms: number, work: () => Promise<void>): void {
    if (this.#isStopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void work().then(() => this.every(ms, work));
      },
      ms * (1 + this.#random() / 10),
    );
    timer.unref();
    this.#timers.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
