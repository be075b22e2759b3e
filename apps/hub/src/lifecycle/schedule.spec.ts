import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Schedule } from './schedule.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('work is done again and again, up to a tenth later than asked for', async () => {
  const random = [0, 0.5, 1];
  const schedule = new Schedule(() => random.shift()!);
  const start = Date.now();
  const runs: number[] = [];
  schedule.every(1_000, async () => void runs.push(Date.now() - start));
  await vi.advanceTimersByTimeAsync(3_149);
  expect(runs).toEqual([1_000, 2_050]);
  schedule.stop();
});

test('the time counts from the end of the work, so that slow work never meets itself', async () => {
  const schedule = new Schedule(() => 0);
  const slow = Promise.withResolvers<void>();
  let runs = 0;
  schedule.every(1_000, async () => {
    runs++;
    await slow.promise;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(1);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(2);
  schedule.stop();
});

test('nothing is done after the stop, also by work that was under way', async () => {
  const schedule = new Schedule(() => 0);
  const slow = Promise.withResolvers<void>();
  let runs = 0;
  schedule.every(1_000, async () => {
    runs++;
    await slow.promise;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  schedule.stop();
  slow.resolve();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(1);
});
