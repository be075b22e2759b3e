import { notFound } from '../api/api-error.ts';
import type { Json } from '../json/value.ts';
import { resourceVersionOf, uidOf } from '../objects/metadata.ts';
import { subjectOf, type Cluster, type Target, type WriteOptions, type WriteResult } from './cluster.ts';
import { decode, inNamespace, withNameOf } from './decode.ts';
import { findObject } from './read.ts';
import { createObject, updateObject } from './write.ts';

/** Kinds that a PUT may create, which most may not. */
const createdByPut: ReadonlySet<string> = new Set([
  '/endpoints',
  '/events',
  '/limitranges',
  '/services',
  'coordination.k8s.io/leases',
  'rbac.authorization.k8s.io/clusterrolebindings',
  'rbac.authorization.k8s.io/clusterroles',
  'rbac.authorization.k8s.io/rolebindings',
  'rbac.authorization.k8s.io/roles',
]);

/** PUT: the whole object; with a resourceVersion, a compare-and-set. */
export const replace = (cluster: Cluster, target: Target, body: Json, options: WriteOptions): WriteResult => {
  const { resource, namespace, name } = target;
  const object = withNameOf(inNamespace(resource, decode(resource, body, options), namespace), name);
  const old = findObject(cluster, target);
  if (old !== undefined)
    return { object: updateObject(cluster, target, old, object, options), created: false };
  const mayCreate = createdByPut.has(resource.storage) && options.subresource === '';
  if (!mayCreate || resourceVersionOf(object) !== '' || uidOf(object) !== '')
    throw notFound(subjectOf(target));
  return { object: createObject(cluster, target, object, options), created: true };
};
