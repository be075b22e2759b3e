import type { Topic } from './api-context.ts';

export type ChangeListener = (topics: readonly Topic[]) => void;

/** Says what is worth reading again. Whoever changes something says so here; listeners gather what comes in a burst. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();

  changed(topics: readonly Topic[]): void {
    for (const listener of this.#listeners) listener(topics);
  }

  /** Answers how to stop listening. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }
}
