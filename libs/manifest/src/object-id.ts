/** Which object, whatever its version: an inventory's key. */
export interface ObjectKey {
  /** '' for the core group. */
  readonly group: string;
  readonly kind: string;
  /** '' for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * `<group>/<kind>/<namespace>/<name>`, the printed form of an `ObjectKey` and the value of the annotation
 * `muster.dev/object`. None of the parts can hold a slash, so it reads back without escapes.
 */
export type ObjectId = string;

export function objectId(key: ObjectKey): ObjectId {
  return `${key.group}/${key.kind}/${key.namespace}/${key.name}`;
}

export function parseObjectId(id: ObjectId): ObjectKey | undefined {
  const parts = id.split('/');
  const [group, kind, namespace, name] = parts;
  if (parts.length !== 4 || !kind || !name) return undefined;
  return { group: group!, kind, namespace: namespace!, name };
}

/** `apps/v1` → group `apps`, version `v1`; `v1` → group ``, version `v1`. */
export function parseApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
