import { controllerUser } from '../admission/user.ts';
import { ApiError } from '../api/api-error.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { StoreEvent } from '../store/event-log.ts';

/** What a controller of the simulation reacts to. */
export interface Controller {
  /** Called once at the start: the cluster may come from a snapshot. */
  start(): void;
  onWrite(event: StoreEvent): void;
  stop(): void;
}

const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/**
 * Work to be done for keys, each once, in the order of their first mention, and never in the middle of the write that
 * asked for it: a client sees its own write before what follows from it. What the API refuses (a webhook does, mostly)
 * is tried again, later and later, as by the real controllers.
 */
export class WorkQueue {
  readonly #cluster: Cluster;
  readonly #work: (key: string) => void;
  readonly #waiting = new Map<string, () => void>();
  /** Keys whose work waits for a webhook; true: they were mentioned again meanwhile. */
  readonly #running = new Map<string, boolean>();
  readonly #retries = new Map<string, number>();
  #isStopped = false;

  constructor(cluster: Cluster, work: (key: string) => void) {
    this.#cluster = cluster;
    this.#work = work;
  }

  /** A key that waits already keeps its time. */
  add(key: string, delayMs = 0): void {
    if (this.#waiting.has(key)) return;
    if (this.#running.has(key)) {
      this.#running.set(key, true);
      return;
    }
    const cancel = this.#cluster.environment.later(delayMs, () => {
      this.#waiting.delete(key);
      void this.#run(key);
    });
    this.#waiting.set(key, cancel);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  /** Done at once unless a webhook is to be asked; then others' mentions of the key wait for its end. */
  async #run(key: string): Promise<void> {
    const work = (): void => {
      if (!this.#isStopped) this.#work(key);
    };
    const onWait = (): void => void this.#running.set(key, this.#running.get(key) ?? false);
    try {
      await this.#cluster.admission.complete(controllerUser, work, onWait);
      this.#retries.delete(key);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#retry(key);
    } finally {
      const wasMentioned = this.#running.get(key) === true;
      this.#running.delete(key);
      if (wasMentioned && !this.#isStopped) this.add(key);
    }
  }

  #retry(key: string): void {
    const retries = this.#retries.get(key) ?? 0;
    this.#retries.set(key, retries + 1);
    this.#running.delete(key);
    if (!this.#isStopped) this.add(key, Math.min(firstRetryMs * 2 ** retries, lastRetryMs));
  }
}
