import { setTimeout as delay } from 'node:timers/promises';
import { KubeApiError, KubeConfigError, KubeNetworkError } from '@muster/kube';
import type { LinkLog } from './hub-link/options.ts';

const awayFirstMs = 500;
const awayMaxMs = 8_000;
/** Rights come from people, and for some seconds after its start an API server doesn't know any. */
const refusedFirstMs = 5_000;
const refusedMaxMs = 60_000;

/** Why the agent cannot do something in its cluster at present, and in how many ms to try again. */
export interface Trouble {
  readonly message: string;
  readonly retryInMs: number;
}

/**
 * Of an error that waiting, or somebody, may mend without touching the agent; `undefined` for any other. Half of the
 * wait is fixed, half random; it doubles with each failure before. `random` is in [0, 1).
 */
export function troubleOf(error: unknown, failures: number, random: number): Trouble | undefined {
  const within = (firstMs: number, maxMs: number): number =>
    Math.round(Math.min(maxMs, firstMs * 2 ** Math.min(failures, 10)) * (0.5 + random / 2));
  if (error instanceof KubeApiError && (error.status === 401 || error.status === 403)) {
    const message =
      error.status === 401
        ? "the cluster does not accept the agent's credentials: is its token or certificate still good?"
        : `the agent lacks a right in this cluster: ${error.message}`;
    return { message, retryInMs: within(refusedFirstMs, refusedMaxMs) };
  }
  if (error instanceof KubeApiError || error instanceof KubeNetworkError || error instanceof KubeConfigError)
    return { message: error.message, retryInMs: within(awayFirstMs, awayMaxMs) };
  return undefined;
}

export interface PersistOptions {
  readonly log: Pick<LinkLog, 'warn'>;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Does it until the cluster lets it be done, however long that takes: an agent that ends because its API server is
 * away comes back later than one that waits. Rejects with any other error, and when the signal aborts.
 */
export async function persist<T>(
  what: string,
  attempt: () => Promise<T>,
  options: PersistOptions,
): Promise<T> {
  const { log, signal, random = Math.random, wait = sleep } = options;
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const trouble = troubleOf(error, failures, random());
      if (!trouble) throw error;
      log.warn({ retryInMs: trouble.retryInMs }, `${what}: ${trouble.message}`);
      await wait(trouble.retryInMs, signal);
    }
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}
