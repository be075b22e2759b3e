import { setTimeout as delay } from 'node:timers/promises';
import { KubeApiError } from './errors.ts';
import { listAll } from './lists.ts';
import type { FollowEvent, FollowOptions, Resource } from './port.ts';
import { backoffMs } from './retry.ts';
import type { Transport } from './transport.ts';
import { watchOnce } from './watches.ts';

const BASE_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** Rights come from people: who lacks one must not ask for it as if the API server were away. */
const REFUSED_BACKOFF_MS = 2_500;
const MAX_REFUSED_BACKOFF_MS = 60_000;

/**
 * A list, then its changes, for ever.
 *
 * Invariant: every change between two events is told. A watch resumes at the last resourceVersion that was told (an
 * event's or a bookmark's); where that is too old (410) the whole list is told anew. Nothing is told twice as changed
 * but after such a list.
 */
export async function* follow(
  transport: Transport,
  resource: Resource,
  options: FollowOptions,
): AsyncGenerator<FollowEvent, void> {
  const { signal, onError } = options;
  const { random } = transport.options;
  let resourceVersion: string | undefined;
  let failures = 0;
  let isRefused = false;
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const list = await listAll(transport, resource, options);
        resourceVersion = list.resourceVersion;
        yield { type: 'LISTED', items: list.items, resourceVersion };
      }
      let quiet = true;
      for await (const event of watchOnce(transport, resource, { ...options, resourceVersion })) {
        quiet = false;
        failures = 0;
        if (event.type === 'BOOKMARK') {
          resourceVersion = event.resourceVersion;
        } else {
          resourceVersion = event.object.metadata.resourceVersion;
          yield { type: event.type === 'DELETED' ? 'GONE' : 'CHANGED', object: event.object };
        }
      }
      // A server that ends watches as soon as they begin must not be asked in a tight loop.
      failures = quiet ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      isRefused = error instanceof KubeApiError && error.status === 403;
      if (error instanceof KubeApiError && error.status === 410) {
        resourceVersion = undefined;
        // The first relist is at once: 410 after a quiet watch is everyday life.
        if (failures++ === 0) continue;
      } else {
        failures += 1;
        onError?.(error);
      }
    }
    const [baseMs, maxMs] = isRefused
      ? [REFUSED_BACKOFF_MS, MAX_REFUSED_BACKOFF_MS]
      : [BASE_BACKOFF_MS, MAX_BACKOFF_MS];
    isRefused = false;
    try {
      await delay(backoffMs(failures, baseMs, maxMs, random), undefined, { signal });
    } catch {
      return;
    }
  }
}
