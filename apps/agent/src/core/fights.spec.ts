import { describe, expect, it } from 'vitest';
import { Fights } from './fights.ts';
import type { Offence } from './fights.ts';

const id = '/ConfigMap/shop/a';
const somebody: Offence = { kind: 'changed', differences: [] };

function by(manager: string, path: string): Offence {
  return { kind: 'changed', differences: [{ path, desired: '1', live: '2', manager }] };
}

/** Heals as soon as it may, so many times, and returns the waits between. */
function fight(times: number) {
  let now = 1_000;
  const fights = new Fights(() => now);
  const waits: number[] = [];
  for (let n = 0; n < times; n++) {
    fights.healed(id, 'd', somebody);
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
    fights.healed(id, 'd', somebody);
    expect(fights.isWaiting(id, 'd')).toBe(true);
    expect(fights.isWaiting(id, 'another digest')).toBe(false);
    expect(fights.of(id)?.message).toContain('another manager keeps changing it');
    pass(200_000);
    expect(fights.isWaiting(id, 'd')).toBe(false);
    expect(fights.of(id)).toBeUndefined();
  });

  it('name who changes what, and how often', () => {
    const fights = new Fights(() => 0);
    for (let n = 0; n < 4; n++) fights.healed(id, 'd', by('hpa', '/spec/replicas'));
    expect(fights.of(id)?.message).toBe(
      'hpa keeps changing /spec/replicas: it was set right 4 times in a row',
    );
    fights.healed(id, 'd', by('kubectl-edit', '/spec/replicas'));
    expect(fights.of(id)?.message).toBe(
      'kubectl-edit and hpa keep changing /spec/replicas: it was set right 5 times in a row',
    );
    expect(fights.of(id)?.differences).toEqual([
      { path: '/spec/replicas', desired: '1', live: '2', manager: 'kubectl-edit' },
    ]);
  });

  it('are not what somebody does who edits one field after the other, unless that has no end', () => {
    const fights = new Fights(() => 0);
    const edit = (n: number) => fights.healed(id, 'd', by('kubectl-edit', `/data/${n}`));
    for (let n = 1; n < 10; n++) edit(n);
    expect([fights.isWaiting(id, 'd'), fights.of(id)]).toEqual([false, undefined]);
    edit(10);
    expect(fights.isWaiting(id, 'd')).toBe(true);
    expect(fights.of(id)?.message).toContain('10 times in a row');
  });

  it('are also about an object that is deleted again and again', () => {
    const fights = new Fights(() => 0);
    for (let n = 0; n < 3; n++) fights.healed(id, 'd', { kind: 'deleted' });
    expect(fights.of(id)?.message).toBe(
      'it keeps being deleted: it was made or set right again 3 times in a row',
    );
    expect(fights.isWaiting(id, 'd')).toBe(true);
  });

  it('begin anew after a minute of peace', () => {
    const { fights, pass } = fight(6);
    pass(61_000);
    fights.healed(id, 'd', somebody);
    expect(fights.isWaiting(id, 'd')).toBe(false);
  });
});
