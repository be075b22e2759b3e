import type { Timers } from './shared/timers.ts';

interface Entry {
  at: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

/** A clock for specs: it moves when it is told to. */
export class ManualTimers implements Timers {
  #now: number;
  readonly #entries = new Set<Entry>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: undefined, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: ms, run });
  }

  /** Jumps there, calls `before`, runs what is due (what repeats: once), and lets promises settle. */
  async advanceTo(now: number, before: (now: number) => void = () => undefined): Promise<void> {
    this.#now = now;
    before(now);
    for (const entry of [...this.#entries]) {
      if (entry.at > now) continue;
      if (entry.every === undefined) this.#entries.delete(entry);
      else entry.at = now + entry.every;
      entry.run();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }

  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#now + ms);
  }

  /** How many wait. */
  get size(): number {
    return this.#entries.size;
  }

  #add(entry: Entry): () => void {
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }
}
