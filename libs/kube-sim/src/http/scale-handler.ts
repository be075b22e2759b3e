import { methodNotAllowed } from '../api/api-error.ts';
import { isObject, numberAt, objectAt, textAt, withAt, type Json, type JsonObject } from '../json/value.ts';
import type { Cluster, Target, WriteOptions } from '../operations/cluster.ts';
import { getObject } from '../operations/read.ts';
import { updateObject } from '../operations/write.ts';
import { mergePatched } from '../patch/merge-patch.ts';
import { jsonPatched } from '../patch/json-patch.ts';
import { bodyOf, mediaTypeOf, requiredBody } from './body.ts';
import { objectResponse, type ApiRequest, type ApiResponse } from './message.ts';

const selectorText = (object: JsonObject): string =>
  Object.entries(objectAt(object, 'spec', 'selector', 'matchLabels') ?? {})
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`)
    .join(',');

const scaleOf = (object: JsonObject): JsonObject => {
  const metadata = objectAt(object, 'metadata') ?? {};
  const replicas = numberAt(object, 'spec', 'replicas') ?? 0;
  const kept = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp'];
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => kept.includes(name))),
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(object, 'status', 'replicas') ?? 0, selector: selectorText(object) },
  };
};

/** The `scale` subresource: `spec.replicas` alone, for `kubectl scale` and autoscalers. */
export const handleScale = (
  cluster: Cluster,
  request: ApiRequest,
  target: Target,
  options: WriteOptions,
): ApiResponse => {
  const object = getObject(cluster, target);
  const scale = scaleOf(object);
  let wanted: Json = scale;
  if (request.method === 'PUT') wanted = requiredBody(request);
  else if (request.method === 'PATCH') {
    const body = bodyOf(request) ?? {};
    wanted =
      mediaTypeOf(request) === 'application/json-patch+json'
        ? jsonPatched(scale, body)
        : mergePatched(scale, body);
  } else if (request.method !== 'GET') throw methodNotAllowed();
  if (request.method === 'GET' || !isObject(wanted)) return objectResponse(200, scale);
  const version = textAt(wanted, 'metadata', 'resourceVersion');
  // Webhooks see the scale, and those of the object itself nothing.
  const passage = cluster.admission.begin({
    ...target,
    ...options,
    operation: 'UPDATE',
    subresource: 'scale',
    object: wanted,
    oldObject: scale,
  });
  const admitted = passage.mutated() ?? wanted;
  passage.validated(admitted);
  passage.written();
  const scaled = withAt(object, ['spec', 'replicas'], numberAt(admitted, 'spec', 'replicas') ?? 0);
  const next = version === undefined ? scaled : withAt(scaled, ['metadata', 'resourceVersion'], version);
  const stored = updateObject(cluster, target, object, next, { ...options, admitted: true });
  return objectResponse(200, scaleOf(stored), options.warnings);
};
