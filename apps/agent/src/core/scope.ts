import type { Resource } from '@muster/kube';
import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { Unseen } from './unseen.ts';

/** One watch: a resource in the whole cluster, or in one namespace. */
export interface Place {
  readonly resource: Resource;
  readonly namespace?: string;
}

/**
 * Where the agent looks. Everywhere, unless it was told that it has rights in some namespaces only: asking for more
 * would be refused for ever. What it may not do within them is the API server's to say.
 */
export class Scope {
  readonly #namespaces: readonly string[] | undefined;

  constructor(namespaces?: readonly string[]) {
    this.#namespaces = namespaces;
  }

  /** The watches that see all that the agent may see of these resources, by keys that tell them apart. */
  placesOf(resources: ReadonlyMap<string, Resource>): ReadonlyMap<string, Place> {
    const places = new Map<string, Place>();
    for (const [key, resource] of resources) {
      if (this.#namespaces === undefined || !resource.namespaced) places.set(key, { resource });
      else
        for (const namespace of this.#namespaces)
          places.set(`${key} in ${namespace}`, { resource, namespace });
    }
    return places;
  }

  includes(namespace: string): boolean {
    return this.#namespaces === undefined || this.#namespaces.includes(namespace);
  }

  /** Why nothing is asked of an object; `undefined` for one that may be asked for. */
  whyNot(id: ObjectId): Unseen | undefined {
    const namespace = parseObjectId(id)?.namespace ?? '';
    if (this.#namespaces === undefined || namespace === '' || this.includes(namespace)) return undefined;
    return {
      reason: 'Forbidden',
      message:
        `the agent has no rights in the namespace ${namespace}: it is installed for ` +
        `${this.#namespaces.join(', ')} only (muster agent manifests --namespaces)`,
    };
  }
}
