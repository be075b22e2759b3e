import { notFound } from '../api/api-error.ts';
import type { JsonObject } from '../json/value.ts';
import { objectKey } from '../store/store.ts';
import { subjectOf, type Cluster, type Target } from './cluster.ts';

export const findObject = (
  cluster: Cluster,
  { resource, namespace, name }: Target,
): JsonObject | undefined => {
  const found = cluster.store.get(
    resource.storage,
    objectKey(resource.namespaced ? namespace : undefined, name),
  );
  return found === undefined ? undefined : cluster.conversion.served(resource, found);
};

export const getObject = (cluster: Cluster, target: Target): JsonObject => {
  const found = findObject(cluster, target);
  if (found === undefined) throw notFound(subjectOf(target));
  return found;
};
