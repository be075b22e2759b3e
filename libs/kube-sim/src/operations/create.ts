import { alreadyExists, badRequest } from '../api/api-error.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isTerminating, nameOf, resourceVersionOf } from '../objects/metadata.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { subjectOf, type Cluster, type WriteOptions } from './cluster.ts';
import { decode, inNamespace } from './decode.ts';
import { findObject } from './read.ts';
import { createObject } from './write.ts';

/** POST: a new object, or 409. */
export const create = (
  cluster: Cluster,
  resource: ServedResource,
  namespace: string | undefined,
  body: Json,
  options: WriteOptions,
): JsonObject => {
  const object = inNamespace(resource, decode(resource, body, options), namespace);
  if (resourceVersionOf(object) !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const target = { resource, namespace, name: nameOf(object) };
  const subject = subjectOf(target);
  const existing = target.name === '' ? undefined : findObject(cluster, target);
  if (existing !== undefined) throw alreadyExists(subject, isTerminating(existing));
  return createObject(cluster, target, object, options);
};
