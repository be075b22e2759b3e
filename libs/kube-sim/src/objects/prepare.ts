import { at, isObject, objectAt, textAt, withAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { emptyOf } from '../schema/normalize.ts';
import { identified, labelsOf, nameOf, uidOf, withMeta } from './metadata.ts';

/** What preparing an object takes from its cluster. */
export interface Allocator {
  /** A number below `bound` that differs from call to call. */
  readonly random: (bound: number) => number;
}

/** A client can't create an object with a status: it starts as an empty one. */
const withFirstStatus = (resource: ServedResource, object: JsonObject): JsonObject => {
  if (!resource.hasStatus) return object;
  const field = resource.schema.fields.get('status');
  const empty = field?.always === true && field.schema.kind === 'map' ? emptyOf(field.schema) : undefined;
  return withAt(object, ['status'], empty);
};

const allocateAddress = (object: JsonObject, allocator: Allocator): JsonObject => {
  const spec = objectAt(object, 'spec') ?? {};
  const type = textAt(spec, 'type');
  if (type === 'ExternalName') return object;
  const ip = textAt(spec, 'clusterIP') ?? `10.0.${allocator.random(256)}.${1 + allocator.random(254)}`;
  const withPorts: JsonObject =
    type === 'NodePort' || type === 'LoadBalancer'
      ? { ports: nodePorts(spec['ports'] ?? [], allocator) }
      : {};
  return {
    ...object,
    spec: {
      ...spec,
      ...withPorts,
      clusterIP: ip,
      clusterIPs: spec['clusterIPs'] ?? [ip],
      ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
      ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
    },
  };
};

const nodePorts = (ports: Json, allocator: Allocator): Json =>
  Array.isArray(ports)
    ? (ports as readonly Json[]).map((port) =>
        isObject(port) && port['nodePort'] === undefined
          ? { ...port, nodePort: 30_000 + allocator.random(2_768) }
          : port,
      )
    : ports;

/** A Job tells its Pods by labels of its own uid, unless it says that it selects by hand. */
const withOwnSelector = (object: JsonObject): JsonObject => {
  if (at(object, 'spec', 'manualSelector') === true) return object;
  const [name, uid] = [nameOf(object), uidOf(object)];
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const path = ['spec', 'template', 'metadata', 'labels'] as const;
  const labels = objectAt(object, ...path);
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const selecting = withAt(withAt(object, ['spec', 'selector'], selector), path, { ...labels, ...own });
  // A Job without labels of its own has those of its template.
  return Object.keys(labelsOf(object)).length > 0
    ? selecting
    : withMeta(selecting, 'labels', { ...labels, ...own });
};

/** What the server sets at creation beyond defaults: first statuses, addresses. Nobody owns those fields. */
export const preparedForCreate = (
  resource: ServedResource,
  given: JsonObject,
  allocator: Allocator,
): JsonObject => {
  const object = withFirstStatus(resource, given);
  switch (`${resource.group}/${resource.kind}`) {
    case '/Service':
      return allocateAddress(object, allocator);
    case '/Namespace':
      return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
    case '/Pod':
      return { ...object, status: { phase: 'Pending', qosClass: 'BestEffort' } };
    case 'batch/Job':
      return withOwnSelector(object);
    case '/PersistentVolumeClaim':
    case '/PersistentVolume':
      return { ...object, status: { phase: 'Pending' } };
    default:
      return object;
  }
};

/** What an update keeps, though the request doesn't say it. */
export const preparedForUpdate = (
  resource: ServedResource,
  old: JsonObject,
  next: JsonObject,
): JsonObject => {
  if (resource.group === '' && resource.kind === 'Service') {
    const [before, spec] = [objectAt(old, 'spec') ?? {}, objectAt(next, 'spec') ?? {}];
    if (textAt(spec, 'type') === 'ExternalName') return next;
    const kept: Record<string, Json> = {};
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      if (spec[field] === undefined && before[field] !== undefined) kept[field] = before[field];
    }
    return Object.keys(kept).length === 0 ? next : { ...next, spec: { ...spec, ...kept } };
  }
  if (resource.group === '' && resource.kind === 'Namespace') return { ...next, spec: old['spec'] ?? {} };
  return next;
};

/** `stringData` is only for writing: it becomes `data` as soon as a Secret is decoded. */
export const foldedSecret = (resource: ServedResource, object: JsonObject): JsonObject => {
  if (resource.group !== '' || resource.kind !== 'Secret') return object;
  const strings = objectAt(object, 'stringData');
  if (strings === undefined) return object;
  const encoded = Object.entries(strings).map(([key, value]) => [
    key,
    Buffer.from(typeof value === 'string' ? value : '', 'utf8').toString('base64'),
  ]);
  const { stringData: _stringData, ...rest } = object;
  return { ...rest, data: { ...objectAt(object, 'data'), ...(Object.fromEntries(encoded) as JsonObject) } };
};

export const asServed = (resource: ServedResource, object: JsonObject): JsonObject =>
  object['apiVersion'] === resource.apiVersion && object['kind'] === resource.kind
    ? object
    : identified(object, resource.kind, resource.apiVersion);
