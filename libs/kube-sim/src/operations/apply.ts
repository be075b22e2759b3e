import { ApiError, badRequest, conflict, invalid, modified, notFound } from '../api/api-error.ts';
import { isObject, textAt, type Json, type JsonObject } from '../json/value.ts';
import { reportOf } from '../managed/conflict.ts';
import { managersOf, type Managers } from '../managed/managers.ts';
import { applyConfig, managersBeforeApply } from '../managed/updater.ts';
import { withMeta } from '../objects/metadata.ts';
import { required } from '../objects/causes.ts';
import { configProblems } from '../schema/check-config.ts';
import { normalize } from '../schema/normalize.ts';
import { subjectOf, type Cluster, type Target, type WriteOptions, type WriteResult } from './cluster.ts';
import { completed, inNamespace, withNameOf } from './decode.ts';
import { findObject } from './read.ts';
import { contextOf, createObject, emptyObject, updateObject, writerOf } from './write.ts';

const checkConfig = ({ resource, name }: Target, config: Json): JsonObject => {
  if (!isObject(config)) throw badRequest('the applied configuration is not an object');
  const { apiVersion, kind } = config;
  const [group, version] = splitApiVersion(typeof apiVersion === 'string' ? apiVersion : '');
  if (kind !== resource.kind || group !== resource.group) {
    throw badRequest(
      `invalid object type: ${group}/${version}, Kind=${typeof kind === 'string' ? kind : ''}`,
    );
  }
  if (version !== resource.version) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${typeof apiVersion === 'string' ? apiVersion : ''}, expected: ${resource.apiVersion}`,
    );
  }
  if (isObject(config['metadata']) && (config['metadata']['managedFields'] ?? null) !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const problems = configProblems(config, resource.schema);
  if (problems.length > 0) {
    const subject = `${textAt(config, 'metadata', 'namespace') ?? ''}/${textAt(config, 'metadata', 'name') ?? name}`;
    const list =
      problems.length === 1
        ? problems[0]
        : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
    throw new ApiError(
      500,
      '',
      `failed to create typed patch object (${subject}; ${group}/${version}, Kind=${resource.kind}): ${list ?? ''}`,
    );
  }
  return config;
};

const splitApiVersion = (apiVersion: string): [string, string] => {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
};

const managersBefore = (
  cluster: Cluster,
  { resource }: Target,
  old: JsonObject | undefined,
  live: JsonObject,
  options: WriteOptions,
): Managers => {
  if (old === undefined) return new Map();
  const managers = managersOf(old);
  if (managers.size > 0) return managers;
  const context = contextOf(resource, options.subresource);
  return managersBeforeApply(context, emptyObject(resource), live, writerOf(cluster, resource, options));
};

/** Server-side apply: creates, or merges what the manager wants into what is there. */
export const apply = (
  cluster: Cluster,
  target: Target,
  body: Json,
  options: WriteOptions & { readonly force: boolean },
): WriteResult => {
  const { resource, namespace, name } = target;
  if (options.manager === '') {
    const subject = { group: 'meta.k8s.io', plural: 'patchoptions', kind: 'PatchOptions', name: '' };
    throw invalid(subject, [required('fieldManager', 'is required for apply patch')]);
  }
  const config = withNameOf(inNamespace(resource, checkConfig(target, body), namespace), name);
  const old = findObject(cluster, target);
  if (old === undefined && options.subresource !== '') throw notFound(subjectOf(target));
  const live = withMeta(old ?? emptyObject(resource), 'managedFields', undefined);
  if (old === undefined) {
    if (textAt(config, 'metadata', 'resourceVersion') !== undefined) throw modified(subjectOf(target));
    const uid = textAt(config, 'metadata', 'uid');
    if (uid !== undefined) {
      throw conflict(
        subjectOf(target),
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    }
  }
  const outcome = applyConfig(
    contextOf(resource, options.subresource),
    live,
    config,
    managersBefore(cluster, target, old, live, options),
    writerOf(cluster, resource, options),
    options.force,
  );
  if (outcome.kind === 'conflict') {
    const { message, causes } = reportOf(outcome.conflicts);
    throw new ApiError(409, 'Conflict', message, { causes });
  }
  const { object: merged, issues } = normalize(outcome.object, resource.schema, {
    dropEmpty: !resource.custom,
  });
  const [wrong] = issues.wrong;
  if (wrong !== undefined) throw badRequest(wrong);
  const object = completed(resource, merged);
  return old === undefined
    ? { object: createObject(cluster, target, object, options, outcome.managers), created: true }
    : { object: updateObject(cluster, target, old, object, options, outcome.managers), created: false };
};
