import { badRequest, methodNotAllowed } from '../api/api-error.ts';
import { annotationOf, logAnnotation } from '../controllers/pod-objects.ts';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json/value.ts';
import { nameOf, uidOf } from '../objects/metadata.ts';
import type { Cluster, Target } from '../operations/cluster.ts';
import { findObject, getObject } from '../operations/read.ts';
import { keyOf } from '../store/store.ts';
import type { ApiRequest, ApiResponse, ResponseSink } from './message.ts';

const namesIn = (pod: JsonObject, field: 'containers' | 'initContainers'): readonly string[] =>
  listAt(pod, 'spec', field).map((container) => textAt(container, 'name') ?? '');

/** The container that is asked for; the only one need not be named. */
const containerOf = (pod: JsonObject, asked: string): string => {
  const [containers, inits] = [namesIn(pod, 'containers'), namesIn(pod, 'initContainers')];
  const [only] = containers;
  if (asked !== '') {
    if ([...containers, ...inits].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${nameOf(pod)}`);
  }
  if (only !== undefined && containers.length === 1) return only;
  const all = [...inits, ...containers].join(' ');
  throw badRequest(`a container name must be specified for pod ${nameOf(pod)}, choose one of: [${all}]`);
};

const stateOf = (pod: JsonObject, container: string): JsonObject | undefined => {
  const status = [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses'),
  ].find((one) => textAt(one, 'name') === container);
  return isObject(status) ? objectAt(status, 'state') : undefined;
};

/** What a container wrote: what its Pod's annotation says, else that it runs, and how it ended. */
const linesOf = (pod: JsonObject, container: string): readonly string[] => {
  const state = stateOf(pod, container);
  if (state === undefined) return [];
  const said = annotationOf(pod, logAnnotation);
  const ended = objectAt(state, 'terminated');
  const lines =
    said === undefined ? [`${container} of ${nameOf(pod)} runs`] : said.replace(/\n$/, '').split('\n');
  const code = ended?.['exitCode'];
  return typeof code !== 'number' || said !== undefined
    ? lines
    : [...lines, `${container} ended with code ${code}`];
};

const positive = (text: string | null, field: string): number | undefined => {
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid value for ${field}: "${text}"`);
  return Number(text);
};

/** Held open until the Pod has gone or its container has ended, as `follow` wishes. */
const follow = (cluster: Cluster, target: Target, pod: JsonObject, sink: ResponseSink): (() => void) => {
  const { storage } = target.resource;
  const stop = cluster.store.onWrite((event) => {
    if (event.storage !== storage || keyOf(event.object) !== keyOf(pod)) return;
    const newest = findObject(cluster, target);
    const hasEnded =
      newest === undefined ||
      uidOf(newest) !== uidOf(pod) ||
      ['Succeeded', 'Failed'].includes(textAt(newest, 'status', 'phase') ?? '');
    if (!hasEnded) return;
    stop();
    sink.end();
  });
  return stop;
};

/** The `log` subresource of a Pod. */
export const handleLog = (cluster: Cluster, request: ApiRequest, target: Target): ApiResponse => {
  if (request.method !== 'GET') throw methodNotAllowed();
  const { query } = request;
  const pod = getObject(cluster, target);
  const container = containerOf(pod, query.get('container') ?? '');
  if (query.get('previous') === 'true') {
    throw badRequest(`previous terminated container "${container}" in pod "${nameOf(pod)}" not found`);
  }
  const [tail, limit] = [
    positive(query.get('tailLines'), 'tailLines'),
    positive(query.get('limitBytes'), 'limitBytes'),
  ];
  // On no node yet: no kubelet could be asked.
  if (textAt(pod, 'status', 'phase') === 'Pending')
    return { kind: 'whole', status: 204, headers: {}, body: '' };
  const lines = linesOf(pod, container);
  const shown = tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
  const text = Buffer.from(shown.map((line) => `${line}\n`).join(''))
    .subarray(0, limit)
    .toString('utf8');
  const headers = { 'content-type': 'text/plain' };
  const isRunning = objectAt(stateOf(pod, container), 'running') !== undefined;
  if (query.get('follow') !== 'true' || !isRunning)
    return { kind: 'whole', status: 200, headers, body: text };
  return {
    kind: 'stream',
    headers,
    start: (sink) => {
      if (text !== '') sink.write(text);
      return follow(cluster, target, pod, sink);
    },
  };
};
