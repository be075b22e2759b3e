import { freePassage, type AdmissionAttributes } from '../admission/attributes.ts';
import { conflict, forbidden, invalid, modified, notFound } from '../api/api-error.ts';
import { emptySet, setOf, type FieldSet } from '../fields/field-set.ts';
import { jsonEqual, objectAt, textAt, withAt, type JsonObject } from '../json/value.ts';
import { managedFieldsOf, managersOf, sameManagers, type Managers } from '../managed/managers.ts';
import { updateManagers, type WriteContext, type Writer } from '../managed/updater.ts';
import { withGeneratedName } from '../objects/generated-name.ts';
import { hasGeneration, withNextGeneration } from '../objects/generation.ts';
import {
  finalizersOf,
  identified,
  isTerminating,
  nameOf,
  resourceVersionOf,
  timestamp,
  uidOf,
  withMeta,
} from '../objects/metadata.ts';
import { preparedForCreate, preparedForUpdate } from '../objects/prepare.ts';
import { wrong } from '../objects/causes.ts';
import { validate } from '../objects/validate.ts';
import { validateUpdate } from '../objects/validate-update.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { emptyOf } from '../schema/normalize.ts';
import { objectKey } from '../store/store.ts';
import { subjectOf, type Cluster, type Target, type WriteOptions } from './cluster.ts';

const statusField = setOf(['f:status']);
const allButStatus = setOf(['f:spec'], ['f:metadata', 'f:labels'], ['f:data']);

/** Fields that a request to this endpoint can't change, and so doesn't own. */
export const ignoredFields = (resource: ServedResource, subresource: string): FieldSet => {
  if (subresource === 'status') return allButStatus;
  return resource.hasStatus ? statusField : emptySet;
};

export const contextOf = (resource: ServedResource, subresource: string): WriteContext => ({
  schema: resource.schema,
  ignored: ignoredFields(resource, subresource),
});

export const writerOf = (cluster: Cluster, resource: ServedResource, options: WriteOptions): Writer => ({
  name: options.manager,
  apiVersion: resource.apiVersion,
  subresource: options.subresource,
  time: timestamp(cluster.environment.now()),
});

/** An object that isn't there, as a write is compared with it. */
export const emptyObject = (resource: ServedResource): JsonObject =>
  identified(resource.custom ? {} : emptyOf(resource.schema), resource.kind, resource.apiVersion);

/** The namespace must be there, and not be going, for anything new in it. */
const checkNamespace = (cluster: Cluster, { resource, namespace, name }: Target): void => {
  if (!resource.namespaced || namespace === undefined) return;
  const found = cluster.store.get('/namespaces', namespace);
  if (found === undefined) {
    throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace', name: namespace });
  }
  if (isTerminating(found)) {
    throw forbidden(
      subjectOf({ resource, name }),
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }
};

const withManagers = (object: JsonObject, managers: Managers): JsonObject => {
  const entries = managedFieldsOf(managers);
  return withMeta(object, 'managedFields', entries.length === 0 ? undefined : entries);
};

const systemFields = [
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
  'selfLink',
];

const withoutSystemFields = (object: JsonObject): JsonObject =>
  systemFields.reduce<JsonObject>(
    (result, field) =>
      objectAt(result, 'metadata')?.[field] === undefined ? result : withMeta(result, field, undefined),
    object,
  );

/**
 * Stores a decoded object that isn't there yet. `applied` are the managers that server-side apply found; otherwise
 * the writer owns what it sets.
 */
export const createObject = (
  cluster: Cluster,
  target: Target,
  decoded: JsonObject,
  options: WriteOptions,
  applied?: Managers,
): JsonObject => {
  const { resource } = target;
  checkNamespace(cluster, target);
  const { environment } = cluster;
  const sent = withoutSystemFields(decoded);
  const managers =
    applied ??
    updateManagers(
      contextOf(resource, options.subresource),
      emptyObject(resource),
      sent,
      managersOf(sent),
      writerOf(cluster, resource, options),
    );
  const passage = cluster.admission.begin(
    attributesOf('CREATE', target, options, withManagers(sent, managers), undefined),
  );
  const admitted = passage.mutated() ?? sent;
  const object = passage.once(() => {
    const named = withGeneratedName(withoutSystemFields(admitted), environment.random);
    const known = withMeta(named, 'uid', environment.newId());
    const prepared = preparedForCreate(resource, known, environment);
    const dated = withMeta(prepared, 'creationTimestamp', timestamp(environment.now()));
    return withManagers(hasGeneration(resource) ? withMeta(dated, 'generation', 1) : dated, managers);
  });
  const causes = validate(resource, object);
  if (causes.length > 0) throw invalid(subjectOf({ resource, name: nameOf(object) }), causes);
  passage.validated(object);
  const stored = cluster.conversion.stored(resource, object);
  passage.written();
  return options.dryRun ? object : put(cluster, resource, object, stored);
};

/** Stores what is to be stored of an object, which is answered with itself. */
export const put = (
  cluster: Cluster,
  resource: ServedResource,
  object: JsonObject,
  stored: JsonObject,
): JsonObject => {
  const result = cluster.store.put(resource.storage, stored);
  return stored === object ? result : withMeta(object, 'resourceVersion', resourceVersionOf(result));
};

/** A write as admission sees it. */
const attributesOf = (
  operation: 'CREATE' | 'UPDATE',
  { resource, namespace, name }: Target,
  { subresource, dryRun, manager, warnings }: WriteOptions,
  object: JsonObject,
  oldObject: JsonObject | undefined,
): AdmissionAttributes => ({
  operation,
  resource,
  subresource,
  namespace,
  name,
  object,
  oldObject,
  dryRun,
  manager,
  warnings,
});

const checkPreconditions = (target: Target, old: JsonObject, next: JsonObject): void => {
  const version = resourceVersionOf(next);
  if (version !== '' && version !== '0' && version !== resourceVersionOf(old))
    throw modified(subjectOf(target));
};

/** Of two states of one object, the second with what no writer can change, and with what this endpoint doesn't. */
const withFixedFields = (
  resource: ServedResource,
  subresource: string,
  old: JsonObject,
  next: JsonObject,
): JsonObject => {
  let object = next;
  for (const field of [
    'resourceVersion',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
  ]) {
    object = withMeta(object, field, objectAt(old, 'metadata')?.[field]);
  }
  if (subresource === 'status') {
    const metadata = {
      ...objectAt(old, 'metadata'),
      managedFields: objectAt(object, 'metadata')?.['managedFields'] ?? [],
    };
    return withAt({ ...old, metadata }, ['status'], object['status']);
  }
  return resource.hasStatus ? withAt(object, ['status'], old['status']) : object;
};

/** A client that sends an empty list asks for a fresh start; one that leaves it out knows nothing of managers. */
const managersOfUpdate = (old: JsonObject, next: JsonObject, options: WriteOptions): Managers =>
  options.subresource === '' && objectAt(next, 'metadata')?.['managedFields'] !== undefined
    ? managersOf(next)
    : managersOf(old);

/** Stores another state of an object that is there. A state like the old one isn't written, and keeps its version. */
export const updateObject = (
  cluster: Cluster,
  target: Target,
  old: JsonObject,
  decoded: JsonObject,
  options: WriteOptions,
  applied?: Managers,
): JsonObject => {
  const { resource } = target;
  checkPreconditions(target, old, decoded);
  const uid = textAt(decoded, 'metadata', 'uid') ?? '';
  if (uid !== '' && uid !== uidOf(old)) {
    if (applied !== undefined) {
      throw invalid(subjectOf(target), [wrong('metadata.uid', uid, 'field is immutable')]);
    }
    throw conflict(
      subjectOf(target),
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(old)}`,
    );
  }
  let object = withFixedFields(resource, options.subresource, old, decoded);
  const before = managersOf(old);
  const known = managersOfUpdate(old, object, options);
  // Nobody's fields are followed again only by an apply, once a client has cleared the list.
  const managers =
    applied ??
    (known.size === 0
      ? known
      : updateManagers(
          contextOf(resource, options.subresource),
          old,
          object,
          known,
          writerOf(cluster, resource, options),
        ));
  const sent = withManagers(object, managers);
  const passage =
    options.admitted === true
      ? freePassage(sent)
      : cluster.admission.begin(attributesOf('UPDATE', target, options, sent, old));
  const admitted = passage.mutated() ?? sent;
  if (admitted !== sent) object = withFixedFields(resource, options.subresource, old, admitted);
  object = passage.once(() => preparedForUpdate(resource, old, object));
  if (options.subresource === '') {
    const causes = [...validate(resource, object), ...validateUpdate(resource, old, object)];
    if (causes.length > 0) throw invalid(subjectOf(target), causes);
  }
  object = withNextGeneration(resource, old, object);
  passage.validated(withManagers(object, managers));
  const bare = (value: JsonObject): JsonObject => withMeta(value, 'managedFields', undefined);
  if (sameManagers(before, managers) && jsonEqual(bare(old), bare(object))) return old;
  object = withManagers(object, managers);
  if (options.dryRun) return object;
  // The last finalizer gone from an object that is to go: it goes.
  if (isTerminating(object) && finalizersOf(object).length === 0 && !isHeldNamespace(resource, object)) {
    cluster.store.remove(resource.storage, objectKey(target.namespace, target.name));
    return object;
  }
  const stored = cluster.conversion.stored(resource, object);
  passage.written();
  return put(cluster, resource, object, stored);
};

/** A namespace goes when its content is gone: its finalizers are in its spec. */
const isHeldNamespace = (resource: ServedResource, object: JsonObject): boolean =>
  resource.storage === '/namespaces' && (objectAt(object, 'spec')?.['finalizers'] ?? null) !== null;
