import { listAt, withAt } from '../json/value.ts';
import { finalizersOf, isTerminating, nameOf, namespaceOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { remove } from '../operations/delete.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { WorkQueue, type Controller } from './controller.ts';

/** Empties a namespace that is to go, and lets it go when nothing is left in it. */
export class NamespaceController implements Controller {
  readonly #cluster: Cluster;
  readonly #queue: WorkQueue;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster, (name) => this.#finish(name));
  }

  start(): void {
    for (const namespace of this.#cluster.store.list('/namespaces')) {
      if (isTerminating(namespace)) this.#queue.add(nameOf(namespace));
    }
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === '/namespaces' && type !== 'DELETED' && isTerminating(object))
      this.#queue.add(nameOf(object));
    // The last object of a namespace may go long after the namespace was told to: by its own finalizer.
    const namespace = namespaceOf(object);
    if (type === 'DELETED' && namespace !== undefined) {
      const holder = this.#cluster.store.get('/namespaces', namespace);
      if (holder !== undefined && isTerminating(holder)) this.#queue.add(namespace);
    }
  }

  stop(): void {
    this.#queue.stop();
  }

  #finish(name: string): void {
    const { store, registry } = this.#cluster;
    const namespace = store.get('/namespaces', name);
    if (namespace === undefined || !isTerminating(namespace)) return;
    let left = 0;
    for (const storage of store.storages()) {
      const resource = registry.ofStorage(storage);
      if (resource?.namespaced !== true) continue;
      for (const object of store.list(storage).filter((one) => namespaceOf(one) === name)) {
        if (isTerminating(object)) {
          left += 1;
          continue;
        }
        const outcome = remove(
          this.#cluster,
          { resource, namespace: name, name: nameOf(object) },
          { propagation: 'Background', dryRun: false },
        );
        if (outcome.kind === 'terminating') left += 1;
      }
    }
    if (left > 0) return;
    const emptied = withAt(namespace, ['spec', 'finalizers'], undefined);
    if (finalizersOf(namespace).length > 0) {
      if (listAt(namespace, 'spec', 'finalizers').length > 0) store.put('/namespaces', emptied);
      return;
    }
    store.remove('/namespaces', name);
  }
}
