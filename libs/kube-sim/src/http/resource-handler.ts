import { ApiError, badRequest, methodNotAllowed, noSuchResource } from '../api/api-error.ts';
import type { FaultEffect } from '../faults/faults.ts';
import { type JsonObject } from '../json/value.ts';
import { nameOf, uidOf } from '../objects/metadata.ts';
import { apply } from '../operations/apply.ts';
import { type Cluster, type Target, type WriteOptions } from '../operations/cluster.ts';
import { create } from '../operations/create.ts';
import { deleteOptionsOf, remove, type DeleteOutcome } from '../operations/delete.ts';
import { list } from '../operations/list.ts';
import { patch, type PatchType } from '../operations/patch.ts';
import { findObject, getObject } from '../operations/read.ts';
import { replace } from '../operations/replace.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { selectionOf } from '../selectors/selection.ts';
import type { WatchSettings } from '../watch/watch-stream.ts';
import { bodyOf, mediaTypeOf, requiredBody } from './body.ts';
import { handleLog } from './log-handler.ts';
import { objectResponse, type ApiRequest, type ApiResponse } from './message.ts';
import { representationOf } from './negotiation.ts';
import { presentList, presentObject, type Presentation } from './presentation.ts';
import type { RequestInfo } from './request-info.ts';
import { handleScale } from './scale-handler.ts';
import { watchResponse } from './watch-response.ts';

const validationOf = (query: URLSearchParams): WriteOptions['validation'] => {
  const given = query.get('fieldValidation') ?? '';
  if (given === '' || given === 'Warn') return 'Warn';
  if (given === 'Strict' || given === 'Ignore') return given;
  throw badRequest(`invalid fieldValidation: ${given}`);
};

const isDryRun = (query: URLSearchParams): boolean => {
  const given = query.getAll('dryRun');
  if (given.some((value) => value !== 'All')) throw badRequest(`invalid dryRun: ${given.join(',')}`);
  return given.length > 0;
};

/** A client that names no field manager is known by its user agent, up to the first slash. */
const managerOf = (request: ApiRequest, isApply: boolean): string => {
  const named = request.query.get('fieldManager') ?? '';
  if (named !== '' || isApply) return named;
  return (request.headers['user-agent'] ?? '').split('/')[0]!.slice(0, 128) || 'unknown';
};

const patchTypes: Readonly<Record<string, PatchType | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

const patchTypeOf = (request: ApiRequest): PatchType | 'apply' => {
  const type = patchTypes[mediaTypeOf(request)];
  if (type === undefined) {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(patchTypes).join(', ')}`,
    );
  }
  return type;
};

const optionsOf = (request: ApiRequest, info: RequestInfo, isApply = false): WriteOptions => ({
  manager: managerOf(request, isApply),
  subresource: info.subresource,
  dryRun: isDryRun(request.query),
  validation: validationOf(request.query),
  warnings: [],
});

const targetOf = ({ resource, namespace, name }: RequestInfo): Target => {
  if (name === undefined) throw methodNotAllowed();
  return { resource, namespace, name };
};

/** Kinds whose deletion is answered with what was deleted. */
const toldWhenDeleted: ReadonlySet<string> = new Set([
  '/persistentvolumeclaims',
  '/persistentvolumes',
  '/pods',
  '/podtemplates',
  '/resourcequotas',
  '/serviceaccounts',
  '/services',
]);

/** An object that is gone answers with a `Status`; one that is going, with itself. */
const deletedResponse = (presentation: Presentation, outcome: DeleteOutcome): JsonObject =>
  outcome.kind === 'terminating' || toldWhenDeleted.has(presentation.resource.storage)
    ? presentObject(presentation, outcome.object)
    : deletedStatus(presentation.resource, outcome.object);

const deletedStatus = (resource: ServedResource, object: JsonObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    name: nameOf(object),
    ...(resource.group !== '' && { group: resource.group }),
    kind: resource.plural,
    uid: uidOf(object),
  },
});

const handlePatch = (
  cluster: Cluster,
  request: ApiRequest,
  info: RequestInfo,
  presentation: Presentation,
): ApiResponse => {
  const type = patchTypeOf(request);
  const options = optionsOf(request, info, type === 'apply');
  const force = request.query.get('force') === 'true';
  const body = requiredBody(request);
  const result =
    type === 'apply'
      ? apply(cluster, targetOf(info), body, { ...options, force })
      : { object: patch(cluster, targetOf(info), type, body, options), created: false };
  return objectResponse(
    result.created ? 201 : 200,
    presentObject(presentation, result.object),
    options.warnings,
  );
};

const deleteCollection = (
  cluster: Cluster,
  request: ApiRequest,
  info: RequestInfo,
): readonly JsonObject[] => {
  const { resource, namespace } = info;
  const selection = selectionOf(resource, namespace, request.query);
  const options = { ...deleteOptionsOf(bodyOf(request), request.query), ofCollection: true };
  // Begun anew after each webhook's answer: what went meanwhile was in the list all the same.
  const items = cluster.admission.kept(
    'items',
    () => list(cluster, resource, selection, new URLSearchParams()).items,
  );
  for (const object of items) {
    const objectNamespace = resource.namespaced ? namespace : undefined;
    const target = { resource, namespace: objectNamespace, name: nameOf(object) };
    if (uidOf(findObject(cluster, target) ?? {}) === uidOf(object)) remove(cluster, target, options);
  }
  return items;
};

/** One request about objects. */
export const handleResource = (
  cluster: Cluster,
  watch: WatchSettings,
  request: ApiRequest,
  info: RequestInfo,
  effects: readonly FaultEffect[],
): ApiResponse => {
  const { resource, namespace, subresource } = info;
  if (subresource !== '' && !resource.subresources.some(({ name }) => name === subresource))
    throw noSuchResource();
  if (subresource === 'scale')
    return handleScale(cluster, request, targetOf(info), optionsOf(request, { ...info, subresource: '' }));
  if (subresource === 'log' && resource.storage === '/pods')
    return handleLog(cluster, request, targetOf(info));
  if (subresource !== '' && subresource !== 'status') throw noSuchResource();
  const presentation: Presentation = {
    representation: representationOf(request.headers['accept']),
    resource,
    query: request.query,
    now: cluster.environment.now(),
  };
  switch (info.verb) {
    case 'get':
      return objectResponse(200, presentObject(presentation, getObject(cluster, targetOf(info))));
    case 'list': {
      const { items, metadata } = list(
        cluster,
        resource,
        selectionOf(resource, namespace, request.query),
        request.query,
      );
      return objectResponse(200, presentList(presentation, items, metadata));
    }
    case 'watch':
      return watchResponse(cluster, watch, presentation, info, effects);
    case 'create': {
      const options = optionsOf(request, info);
      if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
      const object = create(cluster, resource, namespace, requiredBody(request), options);
      return objectResponse(201, presentObject(presentation, object), options.warnings);
    }
    case 'update': {
      const options = optionsOf(request, info);
      const result = replace(cluster, targetOf(info), requiredBody(request), options);
      return objectResponse(
        result.created ? 201 : 200,
        presentObject(presentation, result.object),
        options.warnings,
      );
    }
    case 'patch':
      return handlePatch(cluster, request, info, presentation);
    case 'delete': {
      const warnings: string[] = [];
      const options = { ...deleteOptionsOf(bodyOf(request), request.query), warnings };
      const outcome = remove(cluster, targetOf(info), options);
      return objectResponse(200, deletedResponse(presentation, outcome), warnings);
    }
    case 'deletecollection': {
      const items = deleteCollection(cluster, request, info);
      return objectResponse(
        200,
        presentList(presentation, items, { resourceVersion: String(cluster.store.revision) }),
      );
    }
    default:
      return info.verb satisfies never;
  }
};
