import { describe, expect, it } from 'vitest';
import { Fights } from './fights.ts';

const id = '/ConfigMap/shop/a';

/** Heals as soon as it may, so many times, and returns the waits between. */
function fight(times: number) {
  let now = 1_000;
  const fights = new Fights(() => now);
  const waits: number[] = [];
  for (let n = 0; n < times; n++) {
    fights.healed(id, 'd');
    const next = fights.nextRetryAt(now) ?? now;
    waits.push(next - now);
    now = next;
  }
  return { fights, waits, pass: (ms: number) => (now += ms) };
}

describe('fights', () => {
  it('are fought at once three times, then less and less often', () => {
    expect(fight(11).waits).toEqual([
      0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it('hold back only what was fought over', () => {
    const { fights, pass } = fight(5);
    fights.healed(id, 'd');
    expect(fights.isWaiting(id, 'd')).toBe(true);
    expect(fights.isWaiting(id, 'another digest')).toBe(false);
    expect(fights.of(id)?.message).toContain('another manager keeps changing it');
    pass(200_000);
    expect(fights.isWaiting(id, 'd')).toBe(false);
    expect(fights.of(id)).toBeUndefined();
  });

  it('begin anew after a minute of peace', () => {
    const { fights, pass } = fight(6);
    pass(61_000);
    fights.healed(id, 'd');
    expect(fights.isWaiting(id, 'd')).toBe(false);
  });
});
