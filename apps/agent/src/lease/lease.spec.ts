import type { KubeClient, KubeObject } from '@muster/kube';
import { KubeApiError } from '@muster/kube';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterSetBackError, Lease } from './lease.ts';

const clock = vi.hoisted(() => ({ now: 0, suspended: 0 }));

vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) => {
    signal.throwIfAborted();
    clock.now += ms;
  },
}));

/** What a Lease needs of a cluster; `replace` may be slow. */
function cluster(replace: () => void = () => undefined): KubeClient {
  const kube: Pick<KubeClient, 'get' | 'create' | 'replace'> = {
    get: async () => {
      throw new KubeApiError(404, 'NotFound', 'not found');
    },
    create: async (_resource, _namespace, object) => object,
    replace: async (_resource, _key, object): Promise<KubeObject> => {
      replace();
      return object;
    },
  };
  return kube as KubeClient;
}

function leaseOn(kube: KubeClient): Lease {
  const holder = { identity: 'me', isDead: async () => false };
  const now = () => ({ monotonic: clock.now, wall: 1_700_000_000_000 + clock.now + clock.suspended });
  return new Lease(kube, holder, pino({ level: 'silent' }), now);
}

describe('the Lease', () => {
  beforeEach(() => {
    clock.now = 0;
    clock.suspended = 0;
    vi.useFakeTimers({ toFake: ['setTimeout'] });
  });
  afterEach(() => vi.useRealTimers());

  it('is renewed every five seconds, however slowly the API server answers', async () => {
    const begun: number[] = [];
    const stop = new AbortController();
    const lease = leaseOn(
      cluster(() => {
        begun.push(clock.now);
        clock.now += 4_000;
        if (begun.length === 4) stop.abort();
      }),
    );
    await lease.acquire(stop.signal);
    await lease.keep(stop.signal).catch(() => undefined);
    expect(begun).toEqual([5_000, 10_000, 15_000, 20_000]);
    expect(lease.mayWrite()).toBe(true);
    expect(lease.silentForMs()).toBe(4_000);
  });

  it('is not held longer because the machine was suspended meanwhile', async () => {
    const lease = leaseOn(cluster());
    await lease.acquire(new AbortController().signal);
    const signal = lease.writeSignal();
    clock.now = 3_000;
    expect(lease.mayWrite()).toBe(true);
    clock.suspended = 60_000;
    expect(lease.mayWrite()).toBe(false);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(signal.aborted).toBe(true);
  });

  it('is not held longer because somebody set the clock back', async () => {
    const lease = leaseOn(cluster());
    await lease.acquire(new AbortController().signal);
    clock.suspended = -3_600_000;
    expect(lease.mayWrite()).toBe(true);
    clock.now = 10_000;
    expect(lease.mayWrite()).toBe(false);
  });

  it("is not taken from another because the clock was set forward: the other's time is waited for", async () => {
    const looked: number[] = [];
    const theirs = { metadata: { name: 'l', resourceVersion: '7' }, spec: { holderIdentity: 'other' } };
    const kube = {
      ...cluster(),
      get: async () => {
        looked.push(clock.now);
        clock.suspended += 60_000;
        return theirs as unknown as KubeObject;
      },
    };
    await leaseOn(kube).acquire(new AbortController().signal);
    expect(looked.at(-1)).toBe(15_000);
  });

  it.each([
    ['ends the agent where the cluster is as it was earlier, because a backup was put back', '50', true],
    ['is taken up again where a renewal went through without an answer', '101', false],
  ])('%s', async (_, found, isBack) => {
    const mine = (resourceVersion: string): KubeObject => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'muster-agent', resourceVersion },
      spec: { holderIdentity: 'me' },
    });
    const stop = new AbortController();
    const replaced: string[] = [];
    const kube: Partial<KubeClient> = {
      get: async () => mine(replaced.length === 0 ? '99' : found),
      replace: async (_resource, _key, object) => {
        replaced.push(object.metadata.resourceVersion ?? '');
        if (replaced.length === 2) throw new KubeApiError(409, 'Conflict', 'it was changed');
        if (replaced.length === 3) stop.abort();
        return mine('100');
      },
    };
    const lease = leaseOn(kube as KubeClient);
    await lease.acquire(stop.signal).catch(() => undefined);
    const ended: unknown = await lease.keep(stop.signal).catch((error: unknown) => error);
    expect(ended instanceof ClusterSetBackError).toBe(isBack);
    expect(lease.mayWrite()).toBe(!isBack);
    expect(replaced).toEqual(isBack ? ['99', '100'] : ['99', '100', '101']);
  });
});
