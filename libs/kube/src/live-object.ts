import type { KubeObject, Resource } from './port.ts';
import { apiVersionOf } from './resource-path.ts';

/**
 * An object as everyone else reads it: with its own `apiVersion` and `kind`. The items of a list come without them,
 * and those of a metadata-only request as `PartialObjectMetadata`.
 */
export function withIdentity(object: KubeObject, resource: Resource): KubeObject {
  const apiVersion = apiVersionOf(resource);
  if (object.kind === resource.kind && object.apiVersion === apiVersion) return object;
  const named = object as { apiVersion: string; kind: string };
  named.apiVersion = apiVersion;
  named.kind = resource.kind;
  return object;
}
