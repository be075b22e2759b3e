import type { FollowEvent, KubeClient, KubeObject, Resource } from '@muster/kube';
import { describe, expect, it, vi } from 'vitest';
import { Observer } from './observer.ts';
import { Scope } from './scope.ts';

const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  verbs: [],
};
const id = 'apps/Deployment/shop/web';
const web = (uid: string, resourceVersion: string, more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid, resourceVersion, generation: 1 },
  ...more,
});
const ready = {
  spec: { replicas: 1 },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [{ type: 'Available', status: 'True' }],
  },
};

/** An observer that is told these events by its watch. */
async function told(...events: readonly FollowEvent[]): Promise<Observer> {
  const all: readonly FollowEvent[] = [{ type: 'LISTED', items: [], resourceVersion: '1' }, ...events];
  let done: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (done = resolve));
  const kube: Pick<KubeClient, 'follow'> = {
    follow: async function* () {
      yield* all;
      done();
    },
  };
  const observer = new Observer(kube as KubeClient, () => undefined);
  observer.watchOnly('f', new Map([['apps/deployments', deployments]]));
  await ended;
  return observer;
}

describe('the observer', () => {
  it('does not take the late answer to an apply for an object that ended meanwhile', async () => {
    const observer = await told(
      { type: 'CHANGED', object: web('u', '5') },
      { type: 'GONE', object: web('u', '6') },
    );
    observer.noteApplied(id, deployments, web('u', '5'));
    expect(observer.observe(id)).toEqual({ state: 'absent' });
  });

  it('goes on after an event that it cannot take in, and says that it did not see all', async () => {
    const nonsense = { apiVersion: 'apps/v1', kind: 'Deployment' } as unknown as KubeObject;
    const observer = await told(
      { type: 'CHANGED', object: nonsense },
      { type: 'CHANGED', object: web('u', '5') },
    );
    expect(observer.observe(id).state).toBe('present');
    expect([...observer.blindKinds(0).keys()]).toEqual(['apps/Deployment']);
  });

  it('takes the answer to an apply of an object that had only lost its label', async () => {
    const observer = await told(
      { type: 'CHANGED', object: web('u', '5') },
      { type: 'GONE', object: web('u', '6') },
    );
    observer.noteApplied(id, deployments, web('u', '7'));
    expect(observer.observe(id).state).toBe('present');
  });

  it('does not take a late look for an object that ended meanwhile', async () => {
    const observer = await told(
      { type: 'CHANGED', object: web('u', '5') },
      { type: 'GONE', object: web('u', '6') },
    );
    observer.noteSeen(id, deployments, web('u', '5'), 'whole');
    expect(observer.observe(id)).toEqual({ state: 'absent' });
  });

  it('watches a kind by the version that is served, once the one that it watches is served no more', async () => {
    const asked: string[] = [];
    const kube: Pick<KubeClient, 'follow'> = {
      follow: async function* ({ version }, { onError, signal }) {
        asked.push(version);
        yield { type: 'LISTED', items: [], resourceVersion: '1' };
        if (version === 'v1beta1') onError?.(new Error('not found'));
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    };
    const observer = new Observer(kube as KubeClient, () => undefined);
    const watch = async (version: string): Promise<void> => {
      observer.watchOnly('f', new Map([['apps/deployments', { ...deployments, version }]]));
      await new Promise((resolve) => setImmediate(resolve));
    };
    await watch('v1beta1');
    await watch('v1');
    // One that is well goes on.
    await watch('v2');
    expect(asked).toEqual(['v1beta1', 'v1']);
    observer.stop();
  });

  it('does not fall back to an older object of the name', async () => {
    const observer = await told(
      { type: 'CHANGED', object: web('new', '7') },
      { type: 'CHANGED', object: web('old', '5') },
    );
    expect(observer.record(id)?.uid).toBe('new');
  });

  it('is blind for a kind from the first error of its watch until a watch is open again', async () => {
    let open: () => void = () => undefined;
    const kube: Pick<KubeClient, 'follow'> = {
      follow: async function* (_resource, { onError, onOpen }) {
        yield { type: 'LISTED', items: [], resourceVersion: '1' };
        onError?.(new Error('refused'));
        open = () => onOpen?.();
      },
    };
    const observer = new Observer(kube as KubeClient, () => undefined);
    observer.watchOnly('f', new Map([['apps/deployments', deployments]]));
    await new Promise((resolve) => setImmediate(resolve));
    expect([...observer.blindKinds(0)]).toMatchObject([['apps/Deployment', { message: 'refused' }]]);
    expect([...observer.blindKinds(30_000)]).toEqual([]);
    open();
    expect([...observer.blindKinds(0)]).toEqual([]);
  });

  it('keeps the health only of what did not change by an apply', async () => {
    const observer = await told({ type: 'CHANGED', object: web('u', '5', ready) });
    expect(observer.record(id)?.health.status).toBe('Healthy');
    observer.noteApplied(id, deployments, web('u', '5'));
    expect(observer.record(id)?.health.status).toBe('Healthy');
    observer.noteApplied(id, deployments, web('u', '6'));
    expect(observer.record(id)?.health.status).toBe('Progressing');
  });

  it('takes the absence of an object for what it was some seconds ago, because others make objects too', async () => {
    const observer = await told();
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    try {
      observer.noteAbsent(id);
      now.mockReturnValue(5_999);
      expect(observer.isLongAbsent(id)).toBe(false);
      now.mockReturnValue(6_000);
      expect(observer.isLongAbsent(id)).toBe(true);
      observer.forgetAbsence(id);
      expect(observer.observe(id).state).toBe('unobserved');
    } finally {
      now.mockRestore();
    }
  });

  it('watches each namespace by itself where it has rights in some only, and a list of one says nothing of another', async () => {
    const lists: Readonly<Record<string, readonly KubeObject[]>> = {
      shop: [web('u1', '5', ready)],
      pay: [],
    };
    const asked: string[] = [];
    const kube: Pick<KubeClient, 'follow'> = {
      follow: async function* (_, { namespace = 'everywhere' }) {
        asked.push(namespace);
        yield { type: 'LISTED', items: lists[namespace] ?? [], resourceVersion: '9' };
      },
    };
    const observer = new Observer(kube as KubeClient, () => undefined, new Scope(['shop', 'pay']));
    const works = observer.watchOnly('f', new Map([['apps/deployments', deployments]]));
    await Promise.all(works.map((work) => work.done));
    expect(asked).toEqual(['shop', 'pay']);
    expect(observer.observe(id).state).toBe('present');
  });
});
