import type { KubeClient, KubeObject } from '@muster/kube';
import { KubeApiError } from '@muster/kube';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { Lease } from './lease.ts';

const clock = vi.hoisted(() => ({ now: 0 }));

vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) => {
    signal.throwIfAborted();
    clock.now += ms;
  },
}));

describe('the Lease', () => {
  it('is renewed every five seconds, however slowly the API server answers', async () => {
    const begun: number[] = [];
    const stop = new AbortController();
    const kube: Pick<KubeClient, 'get' | 'create' | 'replace'> = {
      get: async () => {
        throw new KubeApiError(404, 'NotFound', 'not found');
      },
      create: async (_resource, _namespace, object) => object,
      replace: async (_resource, _key, object): Promise<KubeObject> => {
        begun.push(clock.now);
        clock.now += 4_000;
        if (begun.length === 4) stop.abort();
        return object;
      },
    };
    const log = pino({ level: 'silent' });
    const holder = { identity: 'me', isDead: async () => false };
    const lease = new Lease(kube as KubeClient, holder, log, () => clock.now);
    await lease.acquire(stop.signal);
    await lease.keep(stop.signal).catch(() => undefined);
    expect(begun).toEqual([5_000, 10_000, 15_000, 20_000]);
    expect(lease.mayWrite()).toBe(true);
    expect(lease.silentForMs()).toBe(4_000);
  });
});
