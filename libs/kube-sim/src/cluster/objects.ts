import { noSuchResource } from '../api/api-error.ts';
import { textAt, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';
import type { Cluster, Target, WriteOptions } from '../operations/cluster.ts';
import { create } from '../operations/create.ts';
import { remove } from '../operations/delete.ts';
import { findObject } from '../operations/read.ts';
import { replace } from '../operations/replace.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** Which object: `{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart' }`. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A cluster's objects without HTTP: for tests that prepare a state or look at one. */
export interface SimulatedObjects {
  get(reference: ObjectReference): JsonObject | undefined;
  /** All of a kind, in the order of their keys. */
  list(apiVersion: string, kind: string, namespace?: string): readonly JsonObject[];
  /** Creates or replaces, as the field manager `manager`; returns what is stored. */
  put(object: JsonObject, manager?: string): JsonObject;
  /** Whether there was one. Finalizers hold it, as for any client. */
  delete(reference: ObjectReference): boolean;
}

const optionsFor = (manager: string): WriteOptions => ({
  manager,
  subresource: '',
  dryRun: false,
  validation: 'Strict',
  warnings: [],
});

export class ObjectAccess implements SimulatedObjects {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get(reference: ObjectReference): JsonObject | undefined {
    return findObject(this.#cluster, this.#target(reference));
  }

  list(apiVersion: string, kind: string, namespace?: string): readonly JsonObject[] {
    const resource = this.#resource(apiVersion, kind);
    return this.#cluster.store
      .list(resource.storage)
      .filter((object) => namespace === undefined || namespaceOf(object) === namespace);
  }

  put(object: JsonObject, manager = 'test'): JsonObject {
    const [apiVersion, kind] = [textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? ''];
    const namespace = namespaceOf(object);
    const reference = {
      apiVersion,
      kind,
      name: nameOf(object),
      ...(namespace !== undefined && { namespace }),
    };
    const target = this.#target(reference);
    return findObject(this.#cluster, target) === undefined
      ? create(this.#cluster, target.resource, target.namespace, object, optionsFor(manager))
      : replace(this.#cluster, target, object, optionsFor(manager)).object;
  }

  delete(reference: ObjectReference): boolean {
    const target = this.#target(reference);
    if (findObject(this.#cluster, target) === undefined) return false;
    remove(this.#cluster, target, { propagation: 'Background', dryRun: false });
    return true;
  }

  #target({ apiVersion, kind, namespace, name }: ObjectReference): Target {
    const resource = this.#resource(apiVersion, kind);
    return { resource, namespace: resource.namespaced ? (namespace ?? 'default') : undefined, name };
  }

  #resource(apiVersion: string, kind: string): ServedResource {
    const found = this.#cluster.registry
      .all()
      .find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (found === undefined) throw noSuchResource();
    return found;
  }
}
