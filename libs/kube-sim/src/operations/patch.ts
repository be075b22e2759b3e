import { ApiError, badRequest } from '../api/api-error.ts';
import { isObject, type Json, type JsonObject } from '../json/value.ts';
import { jsonPatched } from '../patch/json-patch.ts';
import { mergePatched } from '../patch/merge-patch.ts';
import { strategicMerged } from '../patch/strategic-merge.ts';
import { withMeta } from '../objects/metadata.ts';
import type { Cluster, Target, WriteOptions } from './cluster.ts';
import { decode, inNamespace, withNameOf } from './decode.ts';
import { getObject } from './read.ts';
import { updateObject } from './write.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

const patched = (target: Target, old: JsonObject, type: PatchType, body: Json): Json => {
  switch (type) {
    case 'json':
      return jsonPatched(old, body);
    case 'merge':
      return mergePatched(old, body);
    case 'strategic':
      if (target.resource.custom) {
        throw new ApiError(
          415,
          'UnsupportedMediaType',
          'the body of the request was in an unknown format - accepted media types include: ' +
            'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        );
      }
      if (!isObject(body)) throw badRequest('a strategic merge patch is an object');
      return strategicMerged(old, body, target.resource.schema);
    default:
      return type satisfies never;
  }
};

/** PATCH of the three kinds that say what changes; a resourceVersion in it makes it a compare-and-set. */
export const patch = (
  cluster: Cluster,
  target: Target,
  type: PatchType,
  body: Json,
  options: WriteOptions,
): JsonObject => {
  const old = getObject(cluster, target);
  const result = patched(target, old, type, body);
  const decoded = decode(target.resource, result, options);
  const object = withNameOf(inNamespace(target.resource, decoded, target.namespace), target.name);
  return updateObject(cluster, target, old, keepingManagers(old, object), options);
};

/** A patch of metadata may leave nothing of the managers' list; only an empty list is the wish to forget them. */
const keepingManagers = (old: JsonObject, next: JsonObject): JsonObject => {
  const managers = (object: JsonObject): Json | undefined =>
    isObject(object['metadata']) ? object['metadata']['managedFields'] : undefined;
  return managers(next) === undefined ? withMeta(next, 'managedFields', managers(old)) : next;
};
