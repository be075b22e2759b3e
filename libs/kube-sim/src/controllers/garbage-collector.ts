import { isObject, jsonEqual, listAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { finalizersOf, isTerminating, nameOf, namespaceOf, uidOf, withMeta } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { remove } from '../operations/delete.ts';
import { getObject } from '../operations/read.ts';
import { updateObject } from '../operations/write.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { StoreEvent } from '../store/event-log.ts';
import { objectKey } from '../store/store.ts';
import { WorkQueue, type Controller } from './controller.ts';

interface Dependent {
  readonly resource: ServedResource;
  readonly object: JsonObject;
}

const ownersOf = (object: JsonObject): readonly JsonObject[] =>
  listAt(object, 'metadata', 'ownerReferences').filter(isObject);

const isHeld = (object: JsonObject): boolean =>
  isTerminating(object) &&
  finalizersOf(object).some((one) => one === 'foregroundDeletion' || one === 'orphan');

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

/** Whether an owner is there for its dependent; `waiting`: to go as soon as those that it owns have gone. */
type OwnerState = 'there' | 'waiting' | 'gone';

/** Deletes objects whose owners are all gone, and finishes foreground and orphaning deletions. */
export class GarbageCollector implements Controller {
  readonly #cluster: Cluster;
  readonly #queue: WorkQueue;
  /** uid of an owner → the objects that name it, by their own uids. Kept up by every write. */
  readonly #dependents = new Map<string, Map<string, Dependent>>();
  /** uid → an object that is to go, and which only this controller can let go. Kept up by every write. */
  readonly #held = new Map<string, Dependent>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster, (uid) => this.#collect(uid));
  }

  start(): void {
    const { store } = this.#cluster;
    for (const storage of store.storages()) {
      for (const object of store.list(storage)) this.#index(storage, object);
    }
    for (const uid of [...this.#dependents.keys(), ...this.#held.keys()]) this.#queue.add(uid);
  }

  onWrite({ storage, type, object, previous }: StoreEvent): void {
    if (previous !== undefined) this.#forget(previous);
    if (type !== 'DELETED') this.#index(storage, object);
    if (this.#held.has(uidOf(object))) this.#queue.add(uidOf(object));
    if (type === 'DELETED' && this.#dependents.has(uidOf(object))) this.#queue.add(uidOf(object));
    // Owners may be absent when they are named, and free to go when they aren't any more.
    const before = previous === undefined ? [] : ownersOf(previous);
    if (type !== 'MODIFIED' || !jsonEqual(before, ownersOf(object))) {
      for (const owner of [...before, ...ownersOf(object)]) this.#queue.add(textAt(owner, 'uid') ?? '');
    }
  }

  stop(): void {
    this.#queue.stop();
  }

  #index(storage: string, object: JsonObject): void {
    const resource = this.#cluster.registry.ofStorage(storage);
    if (resource === undefined) return;
    if (isHeld(object)) this.#held.set(uidOf(object), { resource, object });
    for (const owner of ownersOf(object)) {
      const uid = textAt(owner, 'uid') ?? '';
      const known = this.#dependents.get(uid) ?? new Map<string, Dependent>();
      this.#dependents.set(uid, known);
      known.set(uidOf(object), { resource, object });
    }
  }

  #forget(object: JsonObject): void {
    this.#held.delete(uidOf(object));
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
    const held = this.#held.get(uid);
    if (held !== undefined && finalizersOf(held.object).includes('orphan')) {
      for (const dependent of dependents) this.#dropOwner(dependent, uid);
      this.#dropFinalizer(held, 'orphan');
      return;
    }
    for (const dependent of dependents) this.#collectDependent(dependent);
    if (held === undefined) return;
    const blocking = [...(this.#dependents.get(uid)?.values() ?? [])].some(({ object }) =>
      ownersOf(object).some((one) => textAt(one, 'uid') === uid && one['blockOwnerDeletion'] === true),
    );
    if (!blocking) this.#dropFinalizer(held, 'foregroundDeletion');
  }

  /** A namespaced owner is in the namespace of its dependent or nowhere, as for the real collector. */
  #stateOf(owner: JsonObject, dependent: JsonObject): OwnerState {
    const group = groupOf(textAt(owner, 'apiVersion') ?? '');
    const resource = this.#cluster.registry.ofKind(group, textAt(owner, 'kind') ?? '');
    // Of a kind that isn't served, and of one that a cluster's object can't point at, nobody can say that it is gone.
    if (resource === undefined) return 'there';
    const namespace = resource.namespaced ? namespaceOf(dependent) : undefined;
    if (resource.namespaced && namespace === undefined) return 'there';
    const name = textAt(owner, 'name') ?? '';
    const found = this.#cluster.store.get(resource.storage, objectKey(namespace, name));
    if (found === undefined || uidOf(found) !== textAt(owner, 'uid')) return 'gone';
    return isTerminating(found) && finalizersOf(found).includes('foregroundDeletion') ? 'waiting' : 'there';
  }

  /** Deletes it if no owner is left; otherwise it loses only the owners that are gone or about to go. */
  #collectDependent(dependent: Dependent): void {
    if (isTerminating(dependent.object)) return;
    const owners = ownersOf(dependent.object);
    const states = owners.map((owner) => this.#stateOf(owner, dependent.object));
    const left = owners.filter((_owner, index) => states[index] === 'there');
    if (left.length === owners.length) return;
    if (left.length > 0) this.#setOwners(dependent, left);
    else this.#delete(dependent, states.includes('waiting') ? 'Foreground' : 'Background');
  }

  #delete({ resource, object }: Dependent, propagation: 'Background' | 'Foreground'): void {
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
