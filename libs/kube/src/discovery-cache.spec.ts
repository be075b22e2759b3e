import { describe, expect, it } from 'vitest';
import { DiscoveryCache } from './discovery-cache.ts';
import type { Discovery, Resource } from './port.ts';

function discoveryOf(...kinds: string[]): Discovery {
  const resources = kinds.map((kind): Resource => ({
    group: 'x.test',
    version: 'v1',
    kind,
    plural: kind.toLowerCase(),
    namespaced: true,
    verbs: [],
  }));
  return { serverVersion: 'v1.36.0', resources, complete: true, failedGroups: [] };
}

function cacheOf(answers: (Discovery | Promise<Discovery>)[]) {
  const clock = { now: 0 };
  const asked = { times: 0 };
  const cache = new DiscoveryCache(
    async () => answers[Math.min(asked.times++, answers.length - 1)]!,
    () => clock.now,
  );
  return { cache, clock, asked };
}

describe('the discovery cache', () => {
  it('asks once, also for those who ask at the same time', async () => {
    const { cache, asked } = cacheOf([discoveryOf('A')]);
    await Promise.all([cache.get(false), cache.get(false), cache.resourceFor('x.test', 'v1', 'A')]);
    await cache.get(false);
    expect(asked.times).toBe(1);
  });

  it('asks again when it was dropped', async () => {
    const { cache, asked } = cacheOf([discoveryOf('A'), discoveryOf('A', 'B')]);
    await cache.get(false);
    cache.invalidate();
    expect(await cache.resourceFor('x.test', 'v1', 'B')).toMatchObject({ kind: 'B' });
    expect(asked.times).toBe(2);
  });

  it('asks again for a kind that it does not know, but not at every time', async () => {
    const { cache, clock, asked } = cacheOf([discoveryOf('A'), discoveryOf('A', 'B')]);
    await cache.get(false);
    expect(await cache.resourceFor('x.test', 'v1', 'B')).toBeUndefined();
    expect(asked.times).toBe(1);
    clock.now = 2_000;
    expect(await cache.resourceFor('x.test', 'v1', 'B')).toMatchObject({ kind: 'B' });
    expect(await cache.resourceFor('x.test', 'v1', 'C')).toBeUndefined();
    expect(asked.times).toBe(2);
  });

  it('does not keep what was asked before it was dropped', async () => {
    const old = Promise.withResolvers<Discovery>();
    const { cache } = cacheOf([old.promise, discoveryOf('A', 'B')]);
    const before = cache.get(false);
    cache.invalidate();
    const after = await cache.get(false);
    old.resolve(discoveryOf('A'));
    await before;
    expect(after.resources).toHaveLength(2);
    expect((await cache.get(false)).resources).toHaveLength(2);
  });

  it('forgets a failure', async () => {
    const { cache } = cacheOf([Promise.reject(new Error('away')), discoveryOf('A')]);
    await expect(cache.get(false)).rejects.toThrow('away');
    expect((await cache.get(false)).resources).toHaveLength(1);
  });
});
