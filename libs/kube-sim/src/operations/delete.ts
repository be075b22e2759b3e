import { badRequest, conflict, invalid, type ApiError, type StatusCause } from '../api/api-error.ts';
import { isObject, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { wrong } from '../objects/causes.ts';
import {
  finalizersOf,
  isTerminating,
  resourceVersionOf,
  timestamp,
  uidOf,
  withMeta,
} from '../objects/metadata.ts';
import { hasGeneration } from '../objects/generation.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { objectKey } from '../store/store.ts';
import { subjectOf, type Cluster, type Target } from './cluster.ts';
import { getObject } from './read.ts';
import { put } from './write.ts';

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun: boolean;
  /** Gathers what the answer is to warn of. */
  readonly warnings?: string[];
  /** The request names no object: it is about all. */
  readonly ofCollection?: boolean;
}

const deleteOptionsSubject = { group: 'meta.k8s.io', plural: '', kind: 'DeleteOptions', name: '' };

const unknown = (propagation: string): StatusCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: "${propagation}": supported values: "Foreground", "Background", "Orphan", "nil"`,
  field: 'propagationPolicy',
});

const propagations = ['Background', 'Foreground', 'Orphan'] as const;

/** From the request's body and query; the body wins. */
export const deleteOptionsOf = (body: Json | undefined, query: URLSearchParams): DeleteOptions => {
  const given = isObject(body) ? body : {};
  const propagation = textAt(given, 'propagationPolicy') ?? query.get('propagationPolicy') ?? '';
  const orphan = given['orphanDependents'];
  const known = propagations.find((one) => one === propagation);
  if (propagation !== '' && known === undefined) throw invalid(deleteOptionsSubject, [unknown(propagation)]);
  if (known !== undefined && typeof orphan === 'boolean') {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    throw invalid(deleteOptionsSubject, [wrong('propagationPolicy', known, why)]);
  }
  const uid = textAt(given, 'preconditions', 'uid');
  const resourceVersion = textAt(given, 'preconditions', 'resourceVersion');
  return {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    propagation: known ?? (orphan === true ? 'Orphan' : 'Background'),
    dryRun: query.has('dryRun') || (Array.isArray(given['dryRun']) && given['dryRun'].length > 0),
  };
};

export type DeleteOutcome =
  /** It is gone. */
  | { readonly kind: 'deleted'; readonly object: JsonObject }
  /** It waits for its finalizers, or a namespace for its content. */
  | { readonly kind: 'terminating'; readonly object: JsonObject };

const preconditionFailed = (target: Target, what: string, wanted: string, is: string): ApiError =>
  conflict(
    { ...subjectOf(target), plural: target.resource.kind },
    `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is}). The object might have been ${
      what === 'UID' ? 'deleted and then recreated' : 'modified'
    }`,
  );

const finalizerOf = { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: undefined } as const;

const marked = (cluster: Cluster, resource: ServedResource, object: JsonObject): JsonObject => {
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  let result = withMeta(object, 'deletionTimestamp', timestamp(cluster.environment.now()));
  if (resource.storage !== '/namespaces') result = withMeta(result, 'deletionGracePeriodSeconds', 0);
  if (hasGeneration(resource)) result = withMeta(result, 'generation', generation + 1);
  return resource.storage === '/namespaces' ? { ...result, status: { phase: 'Terminating' } } : result;
};

const protectedNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** DELETE of one object. Those that depend on it are the garbage collector's. */
export const remove = (cluster: Cluster, target: Target, options: DeleteOptions): DeleteOutcome => {
  const { resource, namespace, name } = target;
  const old = getObject(cluster, target);
  if (options.uid !== undefined && options.uid !== uidOf(old)) {
    throw preconditionFailed(target, 'UID', options.uid, uidOf(old));
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersionOf(old)) {
    throw preconditionFailed(target, 'ResourceVersion', options.resourceVersion, resourceVersionOf(old));
  }
  if (resource.storage === '/namespaces' && protectedNamespaces.has(name)) {
    throw badRequest(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
  }
  const passage = cluster.admission.begin({
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace,
    name: options.ofCollection === true ? '' : name,
    object: undefined,
    oldObject: old,
    dryRun: options.dryRun,
    manager: '',
    warnings: options.warnings ?? [],
  });
  passage.mutated();
  passage.validated(undefined);
  const wanted = finalizerOf[options.propagation];
  const current = finalizersOf(old).filter((one) => one !== 'foregroundDeletion' && one !== 'orphan');
  const finalizers = wanted === undefined ? current : [...current, wanted];
  const contentHolds =
    resource.storage === '/namespaces' && objectAt(old, 'spec')?.['finalizers'] !== undefined;
  if (finalizers.length === 0 && !contentHolds) {
    if (!options.dryRun) cluster.store.remove(resource.storage, objectKey(namespace, name));
    return { kind: 'deleted', object: old };
  }
  const same =
    finalizers.length === finalizersOf(old).length &&
    finalizers.every((one) => finalizersOf(old).includes(one));
  if (isTerminating(old) && same) return { kind: 'terminating', object: old };
  let next = isTerminating(old) ? old : marked(cluster, resource, old);
  next = withMeta(next, 'finalizers', finalizers.length === 0 ? undefined : finalizers);
  if (options.dryRun) return { kind: 'terminating', object: next };
  const stored = cluster.conversion.stored(resource, next);
  return { kind: 'terminating', object: put(cluster, resource, next, stored) };
};
