import { textAt, withAt, type JsonObject } from '../json/value.ts';
import { EventLog, type StoreEvent } from './event-log.ts';

/** Where an object is kept: `namespace/name`, or `name` alone. */
export const objectKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

export const keyOf = (object: JsonObject): string =>
  objectKey(textAt(object, 'metadata', 'namespace'), textAt(object, 'metadata', 'name') ?? '');

export interface StoreContent {
  readonly revision: number;
  /** By storage, in no order. */
  readonly objects: Readonly<Record<string, readonly JsonObject[]>>;
}

type Listener = (event: StoreEvent) => void;

/** All objects of one cluster, with one revision that grows by each write, like etcd's. Objects are never changed in place. */
export class Store {
  readonly log: EventLog;
  readonly #storages = new Map<string, Map<string, JsonObject>>();
  readonly #sorted = new Map<string, readonly JsonObject[]>();
  readonly #listeners = new Set<Listener>();
  #revision = 1;

  constructor(historyLimit: number, content?: StoreContent) {
    this.log = new EventLog(historyLimit);
    if (content === undefined) return;
    this.#revision = content.revision;
    for (const [storage, objects] of Object.entries(content.objects)) {
      this.#storages.set(storage, new Map(objects.map((object) => [keyOf(object), object])));
    }
    // Nobody can watch from before the restart: what happened then isn't in the snapshot.
    this.log.compact(content.revision);
  }

  get revision(): number {
    return this.#revision;
  }

  get(storage: string, key: string): JsonObject | undefined {
    return this.#storages.get(storage)?.get(key);
  }

  /** In the order of their keys, as etcd lists them. */
  list(storage: string): readonly JsonObject[] {
    const known = this.#sorted.get(storage);
    if (known !== undefined) return known;
    const entries = [...(this.#storages.get(storage) ?? new Map<string, JsonObject>())];
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const objects = entries.map(([, object]) => object);
    this.#sorted.set(storage, objects);
    return objects;
  }

  /** As it was at a revision that isn't compacted away. */
  listAt(storage: string, revision: number): readonly JsonObject[] {
    const undone = this.log.since(revision, storage);
    if (undone.length === 0) return this.list(storage);
    const objects = new Map(this.#storages.get(storage));
    for (const { object, previous } of undone) {
      if (previous === undefined) objects.delete(keyOf(object));
      else objects.set(keyOf(object), previous);
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  storages(): readonly string[] {
    return [...this.#storages.keys()];
  }

  /** Creates or replaces; returns the object with its new resourceVersion. */
  put(storage: string, object: JsonObject): JsonObject {
    const key = keyOf(object);
    const previous = this.get(storage, key);
    const revision = ++this.#revision;
    const stored = withAt(object, ['metadata', 'resourceVersion'], String(revision));
    this.#storage(storage).set(key, stored);
    this.#changed({
      revision,
      storage,
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      object: stored,
      previous,
    });
    return stored;
  }

  /** Returns the object as its DELETED event shows it, if there was one. */
  remove(storage: string, key: string): JsonObject | undefined {
    const previous = this.get(storage, key);
    if (previous === undefined) return undefined;
    const revision = ++this.#revision;
    const object = withAt(previous, ['metadata', 'resourceVersion'], String(revision));
    this.#storages.get(storage)?.delete(key);
    this.#changed({ revision, storage, type: 'DELETED', object, previous });
    return object;
  }

  /** Calls `listener` in the middle of each write, in order. The returned function ends that. */
  onWrite(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  content(): StoreContent {
    return {
      revision: this.#revision,
      objects: Object.fromEntries(
        [...this.#storages]
          .filter(([, objects]) => objects.size > 0)
          .map(([storage, objects]) => [storage, [...objects.values()]]),
      ),
    };
  }

  #storage(storage: string): Map<string, JsonObject> {
    const known = this.#storages.get(storage);
    if (known !== undefined) return known;
    const made = new Map<string, JsonObject>();
    this.#storages.set(storage, made);
    return made;
  }

  #changed(event: StoreEvent): void {
    this.#sorted.delete(event.storage);
    this.log.append(event);
    for (const listener of this.#listeners) listener(event);
  }
}
