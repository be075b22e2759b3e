import type { Plan, Wait } from '@muster/apply-plan';
import { describe, expect, it } from 'vitest';
import { Waits } from './waits.ts';

const plan = (...waits: Wait[]): Plan => ({ phases: [], skips: [], intents: [], forgets: [], waits });
const wait = (what: string, on: Wait['on'] = 'health'): Wait => ({ bundle: 'a', on, what, message: '' });
const inSeconds = (seconds: number) => () => seconds;

describe('a bundle that waits for health', () => {
  it('is late once its time is over, however often it was planned since', () => {
    const waits = new Waits();
    for (const now of [0, 5_000, 9_999]) {
      waits.note(plan(wait('wave 0')), now);
      expect(waits.late(inSeconds(10), now)).toEqual(new Map());
    }
    expect(waits.nextAt(inSeconds(10), 9_999)).toBe(10_000);
    waits.note(plan(wait('wave 0')), 10_000);
    expect(waits.late(inSeconds(10), 10_000)).toEqual(new Map([['a', 10]]));
  });

  it('begins anew with each wave', () => {
    const waits = new Waits();
    waits.note(plan(wait('wave 0')), 0);
    waits.note(plan(wait('wave 1')), 9_000);
    expect(waits.late(inSeconds(10), 12_000)).toEqual(new Map());
    expect(waits.late(inSeconds(10), 19_000)).toEqual(new Map([['a', 10]]));
  });

  it('has five minutes when nobody said otherwise', () => {
    const waits = new Waits();
    waits.note(plan(wait('wave 0')), 0);
    expect(waits.nextAt(() => undefined, 0)).toBe(300_000);
  });

  it('is never late while it waits for another bundle, or for a hook, which has its own deadline', () => {
    const waits = new Waits();
    for (const on of ['bundle', 'hook'] as const) {
      waits.note({ ...plan(wait('b', on)), nextDeadline: 70_000 }, 0);
      expect(waits.late(inSeconds(10), 60_000)).toEqual(new Map());
      expect(waits.nextAt(inSeconds(10), 60_000)).toBe(70_000);
    }
  });
});
