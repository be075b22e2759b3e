import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';

/** What a controller of the simulation reacts to. */
export interface Controller {
  /** Called once at the start: the cluster may come from a snapshot. */
  start(): void;
  onWrite(event: StoreEvent): void;
  stop(): void;
}

/**
 * Work to be done for keys, each once, in the order of their first mention, and never in the middle of the write that
 * asked for it: a client sees its own write before what follows from it.
 */
export class WorkQueue {
  readonly #cluster: Cluster;
  readonly #work: (key: string) => void;
  readonly #waiting = new Map<string, () => void>();

  constructor(cluster: Cluster, work: (key: string) => void) {
    this.#cluster = cluster;
    this.#work = work;
  }

  /** A key that waits already keeps its time. */
  add(key: string, delayMs = 0): void {
    if (this.#waiting.has(key)) return;
    const cancel = this.#cluster.environment.later(delayMs, () => {
      this.#waiting.delete(key);
      this.#work(key);
    });
    this.#waiting.set(key, cancel);
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
