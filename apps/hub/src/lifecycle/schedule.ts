/** Timers that end together. */
export class Schedule {
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  /** Runs `work` again and again, each time so long after it ended, plus up to a tenth at random. */
  every(ms: number, work: () => Promise<unknown>): void {
    this.#after(ms * (1 + Math.random() / 10), async () => {
      await work();
      if (!this.#isStopped) this.every(ms, work);
    });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(ms: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}
