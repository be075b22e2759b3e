import type { JsonObject } from '../json/value.ts';

/** One write, as a watch of the storage tells it. */
export interface StoreEvent {
  readonly revision: number;
  readonly storage: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
  /** What the object was before: a watch with a selector tells an object that leaves it as deleted. */
  readonly previous: JsonObject | undefined;
}

/** The newest events, so that a watch can go on where it was cut off; older ones are compacted away. */
export class EventLog {
  readonly #limit: number;
  #events: StoreEvent[] = [];
  #compacted = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Watches may start from this revision on, and not from an older one. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  append(event: StoreEvent): void {
    this.#events.push(event);
    // Trimmed by halves: shifting the array for every write would copy it each time.
    if (this.#events.length > this.#limit * 2) this.#trim(this.#events.length - this.#limit);
  }

  after(revision: number, storage: string): readonly StoreEvent[] {
    return this.#events.filter((event) => event.revision > revision && event.storage === storage);
  }

  /** Newest first: what has to be undone to see the storage as it was at `revision`. */
  since(revision: number, storage: string): readonly StoreEvent[] {
    return this.after(revision, storage).toReversed();
  }

  /** Forgets everything up to `revision`. */
  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
    this.#events = this.#events.filter((event) => event.revision > revision);
  }

  #trim(count: number): void {
    this.#compacted = this.#events[count - 1]?.revision ?? this.#compacted;
    this.#events = this.#events.slice(count);
  }
}
