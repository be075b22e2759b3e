import type { Environment } from '../operations/cluster.ts';

/**
 * Writes a while after the first change, so that a burst costs one write, and never two at a time. A write that fails
 * is told and tried again with the next change.
 */
export class SnapshotKeeper {
  readonly #environment: Environment;
  readonly #write: () => Promise<void>;
  readonly #delayMs: number;
  readonly #onError: (error: unknown) => void;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #dirty = false;

  constructor(
    environment: Environment,
    delayMs: number,
    write: () => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#environment = environment;
    this.#delayMs = delayMs;
    this.#write = write;
    this.#onError = onError;
  }

  changed(): void {
    this.#dirty = true;
    this.#cancel ??= this.#environment.later(this.#delayMs, () => {
      this.#cancel = undefined;
      void this.#flush().catch(this.#onError);
    });
  }

  /** Writes what isn't written yet; rejects if that fails. */
  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const previous = this.#writing.catch(() => undefined);
    this.#writing = previous.then(async () => {
      if (!this.#dirty) return;
      this.#dirty = false;
      try {
        await this.#write();
      } catch (error) {
        this.#dirty = true;
        throw error;
      }
    });
    await this.#writing;
  }
}
