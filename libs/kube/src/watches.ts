import { errorOfStatus } from './api-status.ts';
import { KubeApiError, KubeNetworkError, errorCode } from './errors.ts';
import { asError } from './exchange.ts';
import { framesOf } from './frames.ts';
import { withIdentity } from './live-object.ts';
import { JSON_TYPE, PARTIAL_OBJECT } from './media-types.ts';
import type { KubeObject, Resource, WatchEvent, WatchOptions } from './port.ts';
import { collectionPath, queryOf } from './resource-path.ts';
import type { Transport } from './transport.ts';

/** How long the API server keeps one watch: 5 to 10 minutes, spread so that a fleet's watches don't end together. */
const MIN_WATCH_S = 300;
/** Bookmarks come every minute: a watch that is silent for longer than two has lost its server. */
const SILENCE_MS = 150_000;
/** etcd's limit is 1.5 MiB per object; JSON of it may be some times that. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

interface Frame {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/**
 * One watch, from a resourceVersion on, until the API server ends it (returns) or it breaks (throws).
 *
 * Throws `KubeApiError`, 410 when the resourceVersion is too old, or `KubeNetworkError`; the signal's reason when it
 * aborts.
 */
export async function* watchOnce(
  transport: Transport,
  resource: Resource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void> {
  const timeout =
    options.timeoutSeconds ?? MIN_WATCH_S + Math.floor(transport.options.random() * MIN_WATCH_S);
  const path =
    collectionPath(resource, options.namespace) +
    queryOf({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: options.resourceVersion,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      timeoutSeconds: String(timeout),
    });
  try {
    const accept = options.metadataOnly === true ? PARTIAL_OBJECT : JSON_TYPE;
    const chunks = await transport.stream(path, accept, SILENCE_MS, options.signal);
    options.onOpen?.();
    for await (const line of framesOf(chunks, MAX_FRAME_BYTES)) {
      yield eventOf(frameOf(line, resource), resource);
    }
  } catch (error) {
    if (options.signal.aborted) throw asError(options.signal.reason);
    if (error instanceof KubeApiError || error instanceof KubeNetworkError) throw error;
    const code = errorCode(error);
    throw new KubeNetworkError(`watch of ${resource.plural}: ${asError(error).message}`, code, error);
  }
}

/** What isn't JSON is not quoted: it may be of a Secret. */
function frameOf(line: string, { plural }: Resource): Frame {
  try {
    return JSON.parse(line) as Frame;
  } catch {
    throw new KubeNetworkError(`watch of ${plural}: an event is no JSON`, 'MUSTER_NOT_JSON');
  }
}

function eventOf(frame: Frame, resource: Resource): WatchEvent {
  if (frame.type === 'ERROR') throw errorOfStatus(frame.object);
  if (frame.type === 'BOOKMARK') {
    return { type: 'BOOKMARK', resourceVersion: frame.object.metadata.resourceVersion ?? '' };
  }
  return { type: frame.type, object: withIdentity(frame.object, resource) };
}
