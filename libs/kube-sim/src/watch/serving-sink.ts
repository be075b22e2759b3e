import { ApiError, statusOf } from '../api/api-error.ts';
import type { JsonObject } from '../json/value.ts';
import { asServed } from '../objects/prepare.ts';
import type { Cluster } from '../operations/cluster.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { WatchEventType, WatchSink } from './watch-stream.ts';

const isAboutObject = (type: WatchEventType): boolean => type !== 'BOOKMARK' && type !== 'ERROR';

/**
 * Tells stored objects in the version of the watch. Where a webhook converts them, events wait for it, each in its
 * turn; when it fails the client is told, and the watch ends, as in the real server.
 */
export const servingSink = (cluster: Cluster, resource: ServedResource, sink: WatchSink): WatchSink => {
  if (resource.conversion === undefined) {
    return {
      event: (type, object) => sink.event(type, isAboutObject(type) ? asServed(resource, object) : object),
      end: () => sink.end(),
    };
  }
  let hasFailed = false;
  const tell = async (type: WatchEventType, object: JsonObject): Promise<void> => {
    if (hasFailed) return;
    try {
      sink.event(type, isAboutObject(type) ? await cluster.conversion.servedLater(resource, object) : object);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed = true;
      sink.event('ERROR', statusOf(error));
      sink.end();
    }
  };
  let last = Promise.resolve();
  return {
    event: (type, object) => void (last = last.then(() => tell(type, object))),
    end: () => void (last = last.then(() => (hasFailed ? undefined : sink.end()))),
  };
};
