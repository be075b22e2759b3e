import { describe, expect, it } from 'vitest';
import { backoffMs, MAX_RETRIES, MAX_RETRY_WAIT_MS, parseRetryAfter, retryDelay } from './retry.ts';

const never = (): number => 0;

describe('retrying a request', () => {
  it('waits as long as a 429 asks, and up to half as long again', () => {
    const failed = { kind: 'answer', status: 429, retryAfterMs: 1000 } as const;
    expect(retryDelay(failed, 0, false, () => 0)).toBe(1000);
    expect(retryDelay(failed, 0, false, () => 1)).toBe(1500);
  });

  it('backs off from a 429 that asks for nothing', () => {
    const failed = { kind: 'answer', status: 429, retryAfterMs: undefined } as const;
    expect([0, 1, 2].map((attempt) => retryDelay(failed, attempt, false, never))).toEqual([250, 500, 1000]);
  });

  it('gives up after five retries, and at once when asked to wait too long', () => {
    const failed = { kind: 'answer', status: 429, retryAfterMs: 1000 } as const;
    expect(retryDelay(failed, MAX_RETRIES, true, never)).toBeUndefined();
    const patient = { ...failed, retryAfterMs: MAX_RETRY_WAIT_MS + 1 };
    expect(retryDelay(patient, 0, true, never)).toBeUndefined();
  });

  it.each([400, 404, 409, 422, 500, 503])('leaves a plain %i to the caller', (status) => {
    expect(retryDelay({ kind: 'answer', status, retryAfterMs: undefined }, 0, true, never)).toBeUndefined();
  });

  it('repeats what may happen twice at once, and once, when its connection closed', () => {
    const closed = { kind: 'network', code: 'UND_ERR_SOCKET' } as const;
    expect(retryDelay(closed, 0, true, never)).toBe(0);
    expect(retryDelay(closed, 1, true, never)).toBeUndefined();
    expect(retryDelay(closed, 0, false, never)).toBeUndefined();
    expect(retryDelay({ kind: 'network', code: 'ECONNREFUSED' }, 0, true, never)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it('is in seconds or a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('3', now)).toBe(3000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:05 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(undefined, now)).toBeUndefined();
  });
});

describe('backoff', () => {
  it('doubles up to its cap, between half and all of it', () => {
    expect([0, 1, 2, 50].map((failures) => backoffMs(failures, 100, 1000, () => 1))).toEqual([
      100, 200, 400, 1000,
    ]);
    expect(backoffMs(1, 100, 1000, () => 0)).toBe(100);
  });
});
