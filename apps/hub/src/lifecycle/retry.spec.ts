import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Retry } from './retry.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function failing() {
  const runs: number[] = [];
  const retry: Retry = new Retry(() => {
    runs.push(Date.now());
    retry.failed();
  });
  return { retry, runs };
}

test('what fails again and again is tried later each time, at last every 30 seconds', () => {
  const start = Date.now();
  const { retry, runs } = failing();
  retry.failed();
  vi.advanceTimersByTime(100_000);
  expect(runs.map((at) => (at - start) / 1000)).toEqual([1, 3, 7, 15, 31, 61, 91]);
});

test('many failures at the same time are one more try', () => {
  const runs: number[] = [];
  const retry = new Retry(() => runs.push(1));
  retry.failed();
  retry.failed();
  vi.advanceTimersByTime(100_000);
  expect(runs).toHaveLength(1);
});

test('what succeeded is not tried again, and its next failure is tried soon', () => {
  const { retry, runs } = failing();
  retry.failed();
  vi.advanceTimersByTime(10_000);
  retry.succeeded();
  const before = runs.length;
  vi.advanceTimersByTime(100_000);
  expect(runs).toHaveLength(before);
  retry.failed();
  vi.advanceTimersByTime(1_000);
  expect(runs).toHaveLength(before + 1);
});

test('nothing is tried again after the stop', () => {
  const { retry, runs } = failing();
  retry.failed();
  retry.stop();
  retry.failed();
  vi.advanceTimersByTime(100_000);
  expect(runs).toEqual([]);
});
