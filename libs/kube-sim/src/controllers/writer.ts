import { jsonEqual, withAt, type Json, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';
import type { Cluster, WriteOptions } from '../operations/cluster.ts';
import { create } from '../operations/create.ts';
import { remove } from '../operations/delete.ts';
import { findObject } from '../operations/read.ts';
import { updateObject } from '../operations/write.ts';
import type { ServedResource } from '../registry/served-resource.ts';

/** Writes of one resource as a controller makes them: under its own name, giving up on what has gone. */
export class ControllerWriter {
  readonly #cluster: Cluster;
  readonly #resource: ServedResource;
  readonly #manager: string;

  constructor(cluster: Cluster, resource: ServedResource, manager = 'kube-controller-manager') {
    this.#cluster = cluster;
    this.#resource = resource;
    this.#manager = manager;
  }

  create(object: JsonObject): JsonObject {
    return create(this.#cluster, this.#resource, namespaceOf(object), object, this.#options(''));
  }

  /** Sets one field of the newest state: `status` through its subresource. */
  set(object: JsonObject, path: readonly [string, ...string[]], value: Json): JsonObject {
    const target = { resource: this.#resource, namespace: namespaceOf(object), name: nameOf(object) };
    const newest = findObject(this.#cluster, target);
    if (newest === undefined) return object;
    const next = withAt(newest, path, value);
    if (jsonEqual(next, newest)) return newest;
    return updateObject(
      this.#cluster,
      target,
      newest,
      next,
      this.#options(path[0] === 'status' ? 'status' : ''),
    );
  }

  delete(object: JsonObject): void {
    const target = { resource: this.#resource, namespace: namespaceOf(object), name: nameOf(object) };
    if (findObject(this.#cluster, target) === undefined) return;
    remove(this.#cluster, target, { propagation: 'Background', dryRun: false });
  }

  #options(subresource: string): WriteOptions {
    return { manager: this.#manager, subresource, dryRun: false, validation: 'Ignore', warnings: [] };
  }
}
