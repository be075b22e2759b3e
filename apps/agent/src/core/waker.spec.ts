import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waker } from './waker.ts';

describe('the waker', () => {
  let rounds = 0;
  let waker: Waker;
  beforeEach(() => {
    vi.useFakeTimers();
    rounds = 0;
    waker = new Waker(
      async () => void rounds++,
      () => undefined,
    );
  });
  afterEach(() => {
    waker.stop();
    vi.useRealTimers();
  });

  it('begins a round no later than asked for, whoever asks for a later one', async () => {
    waker.wake(1_000);
    waker.wake(5_000);
    waker.wake(10);
    await vi.advanceTimersByTimeAsync(10);
    expect(rounds).toBe(1);
  });

  it('does not run at once, again and again, for what is due in a month', async () => {
    const inAMonth = Date.now() + 30 * 24 * 3_600_000;
    waker.wakeAt(inAMonth);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rounds).toBe(0);
    await vi.advanceTimersByTimeAsync(25 * 24 * 3_600_000);
    // Earlier than asked for: whoever still waits asks again.
    expect(rounds).toBe(1);
  });

  it('does one thing soon for many that ask for it, and another beside it', async () => {
    const done: string[] = [];
    for (let n = 0; n < 3; n++) waker.soon('tell', () => done.push('tell'));
    waker.soon('settle', () => done.push('settle'));
    await vi.advanceTimersByTimeAsync(100);
    expect(done).toEqual(['tell', 'settle']);
  });
});
