import type { ObjectKey, Resource } from './port.ts';

/** The URL path of all objects of a resource, or of those in one namespace. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return resource.namespaced && namespace !== undefined
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`
    : `${root}/${resource.plural}`;
}

/**
 * The URL path of one object.
 *
 * A namespaced object without a namespace is a mistake of the caller, never a request: the path would name another
 * resource.
 */
export function objectPath(resource: Resource, key: ObjectKey): string {
  if (resource.namespaced && key.namespace === undefined) {
    throw new TypeError(`a ${resource.kind} needs a namespace: ${key.name}`);
  }
  return `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}`;
}

/** `apiVersion` as an object of the resource bears it. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `?a=1&b=2`, leaving out what is undefined; empty when nothing is left. */
export function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
