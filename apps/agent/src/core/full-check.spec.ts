import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FullCheck, nextCheckMs } from './full-check.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;

it.each([
  [40, 0, 27],
  [40, 1, 33],
  [90, 0.5, 30],
  [300, 0.5, 100],
])('%d kinds are looked at again after %d of chance: %d minutes', (kinds, random, minutes) => {
  expect(nextCheckMs(30 * minute, kinds, random)).toBeCloseTo(minutes * minute);
});

it('no number of kinds makes more than three lists a minute on average', () => {
  for (const kinds of [1, 40, 91, 1_000])
    expect(kinds / (nextCheckMs(30 * minute, kinds, 0.5) / minute)).toBeLessThanOrEqual(3.0001);
});

it('checks come one after the other, however long one takes, until they are stopped', async () => {
  let checks = 0;
  let end: () => void = () => undefined;
  const fullCheck = new FullCheck({
    intervalMs: minute,
    kinds: () => 1,
    random: () => 0.5,
    check: () => {
      checks++;
      return new Promise((resolve) => (end = resolve));
    },
  });
  await vi.advanceTimersByTimeAsync(5 * minute);
  expect(checks).toBe(1);
  end();
  await vi.advanceTimersByTimeAsync(minute);
  expect(checks).toBe(2);
  fullCheck.stop();
  end();
  await vi.advanceTimersByTimeAsync(5 * minute);
  expect(checks).toBe(2);
});
