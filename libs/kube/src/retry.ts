/** What one attempt at a request came to, as far as a retry depends on it. */
export type FailedAttempt =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'network'; readonly code: string };

/** Attempts beyond the first. A server that asks for patience longer than this is left to the caller's own backoff. */
export const MAX_RETRIES = 5;
/** The longest wait within a request, in ms: a longer `Retry-After` is for the caller. */
export const MAX_RETRY_WAIT_MS = 10_000;

/**
 * How long to wait before asking again, in ms; `undefined`: don't.
 *
 * - 429, and 503 with `Retry-After`, say that nothing was done (priority and fairness, a webhook's or an API server's
 *   start): any request may be repeated.
 * - A connection that closes under a request is most often an idle keep-alive connection that the server closed in the
 *   same moment. Only what may safely happen twice is repeated, once. A refused connection isn't: nobody is there,
 *   and callers back off better than a single request can.
 */
export function retryDelay(
  failed: FailedAttempt,
  attempt: number,
  repeatable: boolean,
  random: () => number,
): number | undefined {
  if (attempt >= MAX_RETRIES) return undefined;
  if (failed.kind === 'network') {
    return repeatable && attempt === 0 && CLOSED_CONNECTION.has(failed.code) ? 0 : undefined;
  }
  const asksForPatience =
    failed.status === 429 || (failed.status === 503 && failed.retryAfterMs !== undefined);
  if (!asksForPatience) return undefined;
  const wait = failed.retryAfterMs ?? 250 * 2 ** attempt;
  if (wait > MAX_RETRY_WAIT_MS) return undefined;
  // Jitter upwards only: earlier than asked would be refused again.
  return wait * (1 + 0.5 * random());
}

const CLOSED_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** `Retry-After` in ms, from seconds or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Exponential backoff with full jitter: between half and all of `baseMs · 2^failures`, at most `capMs`. */
export function backoffMs(failures: number, baseMs: number, capMs: number, random: () => number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 20));
  return ceiling * (0.5 + 0.5 * random());
}
