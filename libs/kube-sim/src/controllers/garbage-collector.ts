import { isObject, listAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { finalizersOf, isTerminating, nameOf, namespaceOf, uidOf, withMeta } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { remove } from '../operations/delete.ts';
import { getObject } from '../operations/read.ts';
import { updateObject } from '../operations/write.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { WorkQueue, type Controller } from './controller.ts';

interface Dependent {
  readonly resource: ServedResource;
  readonly object: JsonObject;
}

const ownersOf = (object: JsonObject): readonly JsonObject[] =>
  listAt(object, 'metadata', 'ownerReferences').filter(isObject);

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

/** Deletes objects whose owners are all gone, and finishes foreground and orphaning deletions. */
export class GarbageCollector implements Controller {
  readonly #cluster: Cluster;
  readonly #queue: WorkQueue;
  /** uid of an owner → the objects that name it: storage and key. Kept up by every write. */
  readonly #dependents = new Map<string, Map<string, Dependent>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster, (uid) => this.#collect(uid));
  }

  start(): void {
    const { store } = this.#cluster;
    for (const storage of store.storages()) {
      for (const object of store.list(storage)) this.#index(storage, object);
    }
    for (const uid of this.#dependents.keys()) this.#queue.add(uid);
    for (const storage of store.storages()) {
      for (const object of store.list(storage)) if (isTerminating(object)) this.#queue.add(uidOf(object));
    }
  }

  onWrite({ storage, type, object, previous }: StoreEvent): void {
    if (previous !== undefined) this.#forget(storage, previous);
    if (type !== 'DELETED') {
      this.#index(storage, object);
      for (const owner of ownersOf(object)) {
        if (type === 'ADDED') this.#queue.add(textAt(owner, 'uid') ?? '');
      }
      if (
        isTerminating(object) &&
        finalizersOf(object).some((one) => one === 'foregroundDeletion' || one === 'orphan')
      ) {
        this.#queue.add(uidOf(object));
      }
      return;
    }
    if (this.#dependents.has(uidOf(object))) this.#queue.add(uidOf(object));
    // A blocking dependent has gone: its owner may follow.
    for (const owner of ownersOf(object)) this.#queue.add(textAt(owner, 'uid') ?? '');
  }

  stop(): void {
    this.#queue.stop();
  }

  #index(storage: string, object: JsonObject): void {
    const resource = this.#cluster.registry.ofStorage(storage);
    if (resource === undefined) return;
    for (const owner of ownersOf(object)) {
      const uid = textAt(owner, 'uid') ?? '';
      const known = this.#dependents.get(uid) ?? new Map<string, Dependent>();
      this.#dependents.set(uid, known);
      known.set(uidOf(object), { resource, object });
    }
  }

  #forget(storage: string, object: JsonObject): void {
    if (this.#cluster.registry.ofStorage(storage) === undefined) return;
    for (const owner of ownersOf(object)) {
      const uid = textAt(owner, 'uid') ?? '';
      const known = this.#dependents.get(uid);
      known?.delete(uidOf(object));
      if (known?.size === 0) this.#dependents.delete(uid);
    }
  }

  /** Looks at one owner: those that depend on it, and whether it waits for them. */
  #collect(uid: string): void {
    const dependents = [...(this.#dependents.get(uid)?.values() ?? [])];
    const owner = this.#ownerOf(uid, dependents);
    if (owner === undefined) {
      for (const dependent of dependents) this.#collectDependent(dependent);
      return;
    }
    if (!isTerminating(owner.object)) return;
    const finalizers = finalizersOf(owner.object);
    if (finalizers.includes('orphan')) {
      for (const dependent of dependents) this.#dropOwner(dependent, uid);
      this.#dropFinalizer(owner, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) {
      for (const dependent of dependents) this.#delete(dependent, 'Foreground');
      const blocking = [...(this.#dependents.get(uid)?.values() ?? [])].some(({ object }) =>
        ownersOf(object).some((one) => textAt(one, 'uid') === uid && one['blockOwnerDeletion'] === true),
      );
      if (!blocking) this.#dropFinalizer(owner, 'foregroundDeletion');
    }
  }

  /** The owner itself, found by what a dependent says of it, or by its uid among those that are going. */
  #ownerOf(uid: string, dependents: readonly Dependent[]): Dependent | undefined {
    const { store, registry } = this.#cluster;
    for (const { object } of dependents) {
      const reference = ownersOf(object).find((one) => textAt(one, 'uid') === uid);
      const found = reference === undefined ? undefined : this.#resolve(reference, object);
      if (found !== undefined && uidOf(found.object) === uid) return found;
    }
    if (dependents.length > 0) return undefined;
    for (const storage of store.storages()) {
      const object = store.list(storage).find((one) => uidOf(one) === uid);
      const resource = object === undefined ? undefined : registry.ofStorage(storage);
      if (object !== undefined && resource !== undefined) return { resource, object };
    }
    return undefined;
  }

  #resolve(reference: JsonObject, dependent: JsonObject): Dependent | undefined {
    const { store } = this.#cluster;
    const resource = this.#resourceOf(reference);
    if (resource === undefined) return undefined;
    const name = textAt(reference, 'name') ?? '';
    const key = resource.namespaced ? `${namespaceOf(dependent) ?? ''}/${name}` : name;
    const object = store.get(resource.storage, key);
    return object === undefined ? undefined : { resource, object };
  }

  #resourceOf(reference: JsonObject): ServedResource | undefined {
    const group = groupOf(textAt(reference, 'apiVersion') ?? '');
    return this.#cluster.registry.ofKind(group, textAt(reference, 'kind') ?? '');
  }

  /** Deletes it if no owner is left; otherwise it loses only the owners that are gone. */
  #collectDependent(dependent: Dependent): void {
    const alive = (owner: JsonObject): boolean => {
      // Of a kind that isn't served nobody can say whether it is gone.
      if (this.#resourceOf(owner) === undefined) return true;
      const found = this.#resolve(owner, dependent.object);
      return found !== undefined && uidOf(found.object) === textAt(owner, 'uid');
    };
    const owners = ownersOf(dependent.object);
    const left = owners.filter(alive);
    if (left.length === 0) this.#delete(dependent, 'Background');
    else if (left.length < owners.length) this.#setOwners(dependent, left);
  }

  #delete({ resource, object }: Dependent, propagation: 'Background' | 'Foreground'): void {
    if (isTerminating(object)) return;
    const target = { resource, namespace: namespaceOf(object), name: nameOf(object) };
    const hasOwn = this.#dependents.has(uidOf(object));
    remove(this.#cluster, target, {
      propagation: hasOwn ? propagation : 'Background',
      uid: uidOf(object),
      dryRun: false,
    });
  }

  #dropOwner(dependent: Dependent, uid: string): void {
    this.#setOwners(
      dependent,
      ownersOf(dependent.object).filter((owner) => textAt(owner, 'uid') !== uid),
    );
  }

  #setOwners(dependent: Dependent, owners: readonly Json[]): void {
    this.#write(
      dependent,
      withMeta(dependent.object, 'ownerReferences', owners.length === 0 ? undefined : owners),
    );
  }

  #dropFinalizer(dependent: Dependent, finalizer: string): void {
    const left = finalizersOf(dependent.object).filter((one) => one !== finalizer);
    this.#write(dependent, withMeta(dependent.object, 'finalizers', left.length === 0 ? undefined : left));
  }

  #write({ resource, object }: Dependent, next: JsonObject): void {
    const target = { resource, namespace: namespaceOf(object), name: nameOf(object) };
    updateObject(this.#cluster, target, getObject(this.#cluster, target), next, {
      manager: 'kube-controller-manager',
      subresource: '',
      dryRun: false,
      validation: 'Ignore',
      warnings: [],
    });
  }
}
