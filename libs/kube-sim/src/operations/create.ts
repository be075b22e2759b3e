import { alreadyExists, badRequest } from '../api/api-error.ts';
import { textAt, type Json, type JsonObject } from '../json/value.ts';
import { isTerminating, nameOf, resourceVersionOf, withMeta } from '../objects/metadata.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { subjectOf, type Cluster, type WriteOptions } from './cluster.ts';
import { decode, inNamespace } from './decode.ts';
import { findObject } from './read.ts';
import { createObject } from './write.ts';

/** Letters and digits that don't make words, as the real generator's. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const generatedName = (cluster: Cluster, prefix: string): string => {
  const suffix = Array.from({ length: 5 }, () => alphabet[cluster.environment.random(alphabet.length)]).join(
    '',
  );
  return `${prefix.slice(0, 58)}${suffix}`;
};

/** POST: a new object, or 409. */
export const create = (
  cluster: Cluster,
  resource: ServedResource,
  namespace: string | undefined,
  body: Json,
  options: WriteOptions,
): JsonObject => {
  let object = inNamespace(resource, decode(resource, body, options), namespace);
  if (resourceVersionOf(object) !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const prefix = textAt(object, 'metadata', 'generateName');
  if (nameOf(object) === '' && prefix !== undefined && prefix !== '') {
    object = withMeta(object, 'name', generatedName(cluster, prefix));
  }
  const target = { resource, namespace, name: nameOf(object) };
  const subject = subjectOf(target);
  const existing = target.name === '' ? undefined : findObject(cluster, target);
  if (existing !== undefined) throw alreadyExists(subject, isTerminating(existing));
  return createObject(cluster, target, object, options);
};
