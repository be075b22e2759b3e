import { gone, type ApiError } from '../api/api-error.ts';
import type { JsonObject } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { requestedRevision } from '../operations/list.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Selection } from '../selectors/selection.ts';
import type { StoreEvent } from '../store/event-log.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** Receives what a watch tells; `end` closes it from the server's side. */
export interface WatchSink {
  event(type: WatchEventType, object: JsonObject): void;
  end(): void;
}

export interface WatchSettings {
  /** Between bookmarks that only say how far the cluster has come. */
  readonly bookmarkIntervalMs: number;
  /** Of a watch that doesn't say how long it lasts. */
  readonly timeoutMs: number;
}

/** Before the end of a watch. */
const lastBookmarkMs = 2000;

const initialEventsEnd = { annotations: { 'k8s.io/initial-events-end': 'true' } };

/** One client's watch of one resource. */
export class WatchStream {
  readonly #cluster: Cluster;
  readonly #resource: ServedResource;
  readonly #selection: Selection;
  readonly #sink: WatchSink;
  readonly #bookmarks: boolean;
  readonly #cleanups: (() => void)[] = [];
  #told = 0;
  #cancelBookmark: () => void = () => undefined;
  #open = true;

  constructor(
    cluster: Cluster,
    resource: ServedResource,
    selection: Selection,
    query: URLSearchParams,
    settings: WatchSettings,
    sink: WatchSink,
  ) {
    this.#cluster = cluster;
    this.#resource = resource;
    this.#selection = selection;
    this.#sink = sink;
    this.#bookmarks = isTrue(query.get('allowWatchBookmarks'));
    const seconds = Number(query.get('timeoutSeconds') ?? 0);
    const timeoutMs = seconds > 0 ? seconds * 1000 : settings.timeoutMs;
    this.#cleanups.push(cluster.environment.later(timeoutMs, () => this.close()));
    if (this.#bookmarks) {
      this.#scheduleBookmark(settings.bookmarkIntervalMs);
      // A last one, so that the client resumes from here when its time is over.
      this.#cleanups.push(cluster.environment.later(timeoutMs - lastBookmarkMs, () => this.#tellProgress()));
    }
    this.#start(query);
  }

  /** Ends the watch; the client hears the end of its stream. */
  close(): void {
    if (!this.#open) return;
    this.stop();
    this.#sink.end();
  }

  /** Forgets the watch without a word: the client has gone. */
  stop(): void {
    this.#open = false;
    this.#cancelBookmark();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }

  #start(query: URLSearchParams): void {
    const { store } = this.#cluster;
    const requested = requestedRevision(query);
    const sendInitial = query.get('sendInitialEvents');
    const compacted = store.log.compactedRevision;
    if (isTrue(sendInitial) || (sendInitial === null && requested === 0)) {
      this.#sendInitialEvents(isTrue(sendInitial));
    } else if (requested !== 0 && requested < compacted) {
      // Told within the stream, as the real server does for a watch that it has accepted.
      this.#sink.event('ERROR', expired(gone(requested, compacted)));
      this.close();
      return;
    } else {
      const from = requested === 0 ? store.revision : requested;
      this.#told = from;
      for (const event of store.log.after(from, this.#resource.storage)) this.#tell(event);
    }
    this.#cleanups.push(store.onWrite((event) => this.#onWrite(event)));
  }

  #sendInitialEvents(withEnd: boolean): void {
    const { store } = this.#cluster;
    for (const object of store.list(this.#resource.storage)) {
      if (this.#selection(object)) this.#sink.event('ADDED', object);
    }
    this.#told = store.revision;
    if (withEnd && this.#bookmarks) this.#bookmark(initialEventsEnd);
  }

  #onWrite(event: StoreEvent): void {
    if (event.storage === this.#resource.storage) this.#tell(event);
  }

  #tell(event: StoreEvent): void {
    const { object, previous, type } = event;
    const was = previous !== undefined && this.#selection(previous);
    const is = type !== 'DELETED' && this.#selection(object);
    if (!was && !is) return;
    this.#told = event.revision;
    const told = !is ? 'DELETED' : was ? 'MODIFIED' : 'ADDED';
    // An object that leaves the selection is told as it was, under the new version.
    const shown =
      told === 'DELETED' && type !== 'DELETED' && previous !== undefined
        ? atVersion(previous, object)
        : object;
    this.#sink.event(told, shown);
  }

  #scheduleBookmark(interval: number): void {
    this.#cancelBookmark = this.#cluster.environment.later(interval, () => {
      this.#tellProgress();
      this.#scheduleBookmark(interval);
    });
  }

  #tellProgress(): void {
    if (this.#cluster.store.revision > this.#told) this.#bookmark({});
  }

  #bookmark(metadata: JsonObject): void {
    this.#told = this.#cluster.store.revision;
    this.#sink.event('BOOKMARK', {
      kind: this.#resource.kind,
      apiVersion: this.#resource.apiVersion,
      metadata: { resourceVersion: String(this.#told), ...metadata },
    });
  }
}

const isTrue = (text: string | null): boolean => text === 'true' || text === '1';

const atVersion = (object: JsonObject, other: JsonObject): JsonObject => {
  const metadata = object['metadata'] as JsonObject;
  const { resourceVersion } = other['metadata'] as { resourceVersion: string };
  return { ...object, metadata: { ...metadata, resourceVersion } };
};

const expired = (error: ApiError): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: error.message,
  reason: error.reason,
  code: error.code,
});
