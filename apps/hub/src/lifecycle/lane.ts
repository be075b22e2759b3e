/** Runs one piece of work after the other, in the order in which they came. */
export class Lane {
  #tail: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(work, work);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/**
 * Runs the same work for whoever asks: all who ask while it runs share the one run that comes next, which sees
 * everything that was true when they asked.
 */
export class Coalescer<Result> {
  readonly #work: () => Promise<Result>;
  #running: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(work: () => Promise<Result>) {
    this.#work = work;
  }

  run(): Promise<Result> {
    if (this.#running === undefined) return this.#start();
    const again = () => {
      this.#next = undefined;
      return this.#start();
    };
    return (this.#next ??= this.#running.then(again, again));
  }

  #start(): Promise<Result> {
    const running = this.#work();
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(ended, ended);
    return running;
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined || this.#next !== undefined) {
      await (this.#next ?? this.#running)?.catch(() => undefined);
    }
  }
}
