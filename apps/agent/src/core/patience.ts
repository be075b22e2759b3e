/** How long a round waits for an answer, in ms from when it was asked for. */
const patienceMs = 2_000;

/** Something that was begun, and may take long. */
export interface Work {
  /** Never rejects. */
  readonly done: Promise<void>;
  /** By `performance.now()`. */
  readonly since: number;
  isDone: boolean;
  /** Nobody waits for it any more; its end is told instead. */
  isLate: boolean;
}

export function begin(done: Promise<void>): Work {
  const work: Work = { done, since: performance.now(), isDone: false, isLate: false };
  void done.then(() => (work.isDone = true));
  return work;
}

/**
 * Waits for works, but for none longer than a healthy API server takes: one slow kind or webhook must not hold up
 * what has nothing to do with it. The end of a work that was not waited for is told to `onLate`.
 */
export class Patience {
  readonly #onLate: () => void;

  constructor(onLate: () => void) {
    this.#onLate = onLate;
  }

  async waitFor(works: readonly Work[]): Promise<void> {
    const now = performance.now();
    const waited = works.filter((work) => !work.isDone && work.since + patienceMs > now);
    if (waited.length > 0) {
      const waitMs = Math.max(...waited.map((work) => work.since + patienceMs - now));
      let timer: NodeJS.Timeout | undefined;
      const isOver = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
      await Promise.race([Promise.all(waited.map((work) => work.done)), isOver]);
      clearTimeout(timer);
    }
    for (const work of works) {
      if (work.isDone || work.isLate) continue;
      work.isLate = true;
      void work.done.then(this.#onLate);
    }
  }
}
