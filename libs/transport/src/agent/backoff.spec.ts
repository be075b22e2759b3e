import { describe, expect, it } from 'vitest';
import { backoffMs, reconnectAfterMs } from './backoff.ts';

describe('backoffMs', () => {
  it('grows, is capped, and is half random', () => {
    expect([0, 1, 2, 3].map((failures) => backoffMs(failures, 0))).toEqual([250, 400, 640, 1024]);
    expect(backoffMs(0, 1)).toBe(500);
    expect(backoffMs(1_000, 0.999)).toBeLessThanOrEqual(20_000);
  });

  it('adds up to what the hub asks for, and a random part of it', () => {
    expect(reconnectAfterMs(4_000, 0)).toBe(4_000);
    expect(reconnectAfterMs(4_000, 0.5)).toBe(6_000);
    expect(reconnectAfterMs(2 ** 32 - 1, 0.5)).toBe(900_000);
  });
});
