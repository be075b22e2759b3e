import type { FaultEffect } from '../faults/faults.ts';
import type { JsonObject } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { selectionOf } from '../selectors/selection.ts';
import { servingSink } from '../watch/serving-sink.ts';
import { WatchStream, type WatchEventType, type WatchSettings } from '../watch/watch-stream.ts';
import type { ApiResponse } from './message.ts';
import { presentEvent, type Presentation } from './presentation.ts';
import type { RequestInfo } from './request-info.ts';

const expiredEvent = `${JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'The resourceVersion for the provided watch is too old.',
    reason: 'Expired',
    code: 410,
  },
})}\n`;

/** A stream of lines, one event each. */
export const watchResponse = (
  cluster: Cluster,
  settings: WatchSettings,
  presentation: Presentation,
  info: RequestInfo,
  effects: readonly FaultEffect[],
): ApiResponse => {
  const { query, resource } = presentation;
  // Parsed before the answer begins: a wrong selector is a 400, not a broken stream.
  const selection = selectionOf(resource, info.namespace, query, info.name);
  const breaking = effects.find((effect) => effect.kind === 'break-watch');
  const expired = effects.some(({ kind }) => kind === 'expire-watch');
  return {
    kind: 'stream',
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    start: (sink) => {
      if (expired) {
        sink.write(expiredEvent);
        sink.end();
        return () => undefined;
      }
      let told = 0;
      const lineOf = (type: WatchEventType, object: JsonObject): string => {
        const shown =
          type === 'ERROR' || (type === 'BOOKMARK' && presentation.representation !== 'table')
            ? bookmarkOf(presentation, object, type)
            : presentEvent({ ...presentation, now: cluster.environment.now() }, object, told === 0);
        return `${JSON.stringify({ type, object: shown })}\n`;
      };
      const stream: { current?: WatchStream } = {};
      const event = (type: WatchEventType, object: JsonObject): void => {
        const line = lineOf(type, object);
        if (breaking !== undefined && told >= breaking.afterEvents) {
          sink.write(line.slice(0, line.length / 2));
          sink.abort();
          stream.current?.stop();
          return;
        }
        told += 1;
        sink.write(line);
      };
      const serving = servingSink(cluster, resource, { event, end: () => sink.end() });
      stream.current = new WatchStream(cluster, resource, selection, query, settings, serving);
      return () => stream.current?.stop();
    },
  };
};

const bookmarkOf = (
  { representation }: Presentation,
  object: JsonObject,
  type: WatchEventType,
): JsonObject =>
  type === 'BOOKMARK' && representation === 'metadata'
    ? { ...object, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
    : object;
