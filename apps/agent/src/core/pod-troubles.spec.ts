import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '@muster/apply-plan';
import type { LiveRecord } from './live-record.ts';
import type { Workload } from './pod-trouble.ts';
import { PodTroubles } from './pod-troubles.ts';

const id = 'apps/Deployment/shop/web';
const entry = (of = id): InventoryEntry => ({ id: of, state: 'owned', bundle: 'shop' }) as InventoryEntry;
const live = (status: LiveRecord['health']['status'], resourceVersion = '1'): LiveRecord =>
  ({ resourceVersion, terminating: false, health: { status, message: '' } }) as LiveRecord;

/** A clock that only the test moves. */
function watchOf(look: (workload: Workload) => Promise<string | undefined>) {
  let now = 0;
  let timer: { readonly at: number; readonly run: () => void } | undefined;
  const looks: [number, string][] = [];
  let changes = 0;
  const troubles = new PodTroubles({
    look: (workload) => {
      looks.push([now, workload.name]);
      return look(workload);
    },
    onChange: () => (changes += 1),
    now: () => now,
    after: (ms, run) => {
      timer = { at: now + ms, run };
      return () => (timer = undefined);
    },
  });
  const consider = (record: LiveRecord | undefined, ids = [id]) =>
    troubles.consider(new Map(ids.map((each) => [each, entry(each)])), () => record);
  const until = async (time: number): Promise<void> => {
    for (; timer && timer.at <= time; await Promise.resolve().then(() => Promise.resolve())) {
      now = Math.max(now, timer.at);
      const { run } = timer;
      timer = undefined;
      run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    now = time;
  };
  return { troubles, looks, consider, until, changes: () => changes, isAsleep: () => timer === undefined };
}

describe('the troubles of Pods', () => {
  it('are not looked for while everything is well', async () => {
    const watch = watchOf(async () => 'x');
    watch.consider(live('Healthy'));
    expect(watch.isAsleep()).toBe(true);
    watch.consider(live('Degraded'), ['/ConfigMap/shop/a']);
    expect(watch.isAsleep()).toBe(true);
  });

  it('are looked for at once behind what is Degraded, and after a while behind what is Progressing', async () => {
    const watch = watchOf(async () => 'it fails');
    watch.consider(live('Degraded'));
    await watch.until(0);
    expect(watch.looks).toEqual([[0, 'web']]);
    expect(watch.troubles.of(id)).toBe('it fails');
    expect(watch.changes()).toBe(1);
    const slow = watchOf(async () => 'x');
    slow.consider(live('Progressing'));
    await slow.until(4_000);
    expect(slow.looks).toEqual([]);
    slow.consider(live('Healthy'));
    expect(slow.isAsleep()).toBe(true);
  });

  it('are looked for less and less often while nothing changes, and told once', async () => {
    const watch = watchOf(async () => 'it fails');
    watch.consider(live('Degraded'));
    await watch.until(3_600_000);
    const times = watch.looks.map(([time]) => time / 1000);
    expect(times.slice(0, 6)).toEqual([0, 15, 45, 105, 225, 465]);
    expect(times.length).toBeLessThan(20);
    expect(watch.changes()).toBe(1);
  });

  it('are looked for anew when the workload changed, but not with each change', async () => {
    const watch = watchOf(async () => 'it fails');
    watch.consider(live('Degraded'));
    await watch.until(200_000);
    const before = watch.looks.length;
    for (let version = 2; version < 50; version++) {
      watch.consider(live('Degraded', `${version}`));
      await watch.until(200_000 + version * 1_000);
    }
    expect(watch.looks.length - before).toBeLessThanOrEqual(5);
    expect(watch.looks.length - before).toBeGreaterThanOrEqual(2);
  });

  it('are looked for one after the other, however many workloads fail, and are forgotten with them', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `apps/Deployment/shop/web-${index}`);
    const watch = watchOf(async () => 'it fails');
    watch.consider(live('Degraded'), ids);
    await watch.until(60_000);
    expect(watch.looks.length).toBeLessThanOrEqual(121);
    watch.consider(undefined, ids);
    expect(watch.isAsleep()).toBe(true);
    expect(watch.troubles.of(ids[0]!)).toBeUndefined();
  });

  it('that cannot be looked for leave what was known', async () => {
    let answer: () => Promise<string> = async () => 'it fails';
    const watch = watchOf(() => answer());
    watch.consider(live('Degraded'));
    await watch.until(0);
    answer = () => Promise.reject(new Error('no API server'));
    await watch.until(20_000);
    expect(watch.troubles.of(id)).toBe('it fails');
  });
});
