import { listAt, textAt, type JsonObject } from '../json/value.ts';
import { isTerminating, namespaceOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { keyOf, objectKey } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';

/** One kind of workload, as its controller sees it. */
export interface Workload {
  readonly storage: string;
  /** Where what it makes is stored: a change there wakes the owner. */
  readonly owns: readonly string[];
  /** Brings the world nearer to what the object wants; may say in how many milliseconds it wants to look again. */
  readonly reconcile: (object: JsonObject) => number | undefined;
}

/** The resource of a storage that Kubernetes has. */
export const resourceOf = (cluster: Cluster, storage: string): ServedResource => {
  const resource = cluster.registry.ofStorage(storage);
  if (resource === undefined) throw new Error(`the table of Kubernetes resources lacks ${storage}`);
  return resource;
};

/** Looks after all objects of one kind of workload: whenever one of them changes, or something that it owns. */
export class WorkloadController implements Controller {
  readonly #cluster: Cluster;
  readonly #workload: Workload;
  readonly #kind: string;
  readonly #queue: WorkQueue;
  /** Apart from the other queue, where a key that waits for long would keep the next change waiting. */
  readonly #later: WorkQueue;

  constructor(cluster: Cluster, workload: Workload) {
    this.#cluster = cluster;
    this.#workload = workload;
    this.#kind = resourceOf(cluster, workload.storage).kind;
    this.#queue = new WorkQueue(cluster, (key) => this.#reconcile(key));
    this.#later = new WorkQueue(cluster, (key) => this.#reconcile(key));
  }

  start(): void {
    for (const object of this.#cluster.store.list(this.#workload.storage)) this.#queue.add(keyOf(object));
  }

  onWrite({ storage, type, object }: StoreEvent): void {
    if (storage === this.#workload.storage && type !== 'DELETED') this.#queue.add(keyOf(object));
    if (!this.#workload.owns.includes(storage)) return;
    for (const owner of listAt(object, 'metadata', 'ownerReferences')) {
      if (textAt(owner, 'kind') === this.#kind)
        this.#queue.add(objectKey(namespaceOf(object), textAt(owner, 'name') ?? ''));
    }
  }

  stop(): void {
    this.#queue.stop();
    this.#later.stop();
  }

  #reconcile(key: string): void {
    const object = this.#cluster.store.get(this.#workload.storage, key);
    if (object === undefined || isTerminating(object)) return;
    const again = this.#workload.reconcile(object);
    if (again !== undefined) this.#later.add(key, again);
  }
}
