import { createKubeClient, KubeNetworkError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { startSimulatedCluster } from '@muster/kube-sim';
import type { SimulatedCluster } from '@muster/kube-sim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoLeaseError } from '../lease/no-lease.ts';
import { agentNamespace, secrets } from '../resources.ts';
import { ensureAgentNamespace } from './agent-secrets.ts';
import { ClusterState, LostStateError } from './cluster-state.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const bytes = Buffer.from('{"version":1,"objects":[]}');
const content = { fleet: 'f', epoch: '1', generation: '1', desired: undefined, kept: [] };

describe('the state in the cluster', () => {
  let cluster: SimulatedCluster;
  let kube: KubeClient;
  const { signal } = new AbortController();
  beforeEach(async () => {
    cluster = await startSimulatedCluster();
    const { url: server, token, certificateAuthority: ca } = cluster;
    kube = createKubeClient({ server, token, tls: { ca } });
  });
  afterEach(async () => {
    await kube.close();
    await cluster.stop();
  });
  const open = async (mayWrite = () => true): Promise<ClusterState> => {
    const state = new ClusterState(kube, () => undefined, mayWrite);
    await state.load(signal);
    return state;
  };
  const holding = async (state: ClusterState, mayCommit = true): Promise<ClusterState> => {
    await state.blobs.add(digest, bytes);
    await state.blobs.flush();
    if (mayCommit) await state.commit(content, [], 'intents-written');
    return state;
  };
  const names = async (): Promise<string[]> =>
    (await kube.list(secrets, { namespace: agentNamespace })).items.map((item) => item.metadata.name);

  it('is not switched by one whose Lease may have run out', async () => {
    const state = await open(() => false);
    await expect(holding(state)).rejects.toBeInstanceOf(NoLeaseError);
    expect(await names()).not.toContain('muster-agent');
  });

  it('cannot be switched by a former holder to packs that its successor removed', async () => {
    await (await open()).commit(content, [], 'intents-written');
    const slow = await holding(await open(), false);
    slow.startPacks();
    const next = await open();
    await expect.poll(names).toHaveLength(2);
    await next.commit({ ...content, generation: '2' }, [], 'intents-written');
    expect(await names()).toEqual(['muster-agent']);
    await expect(slow.commit(content, [], 'intents-written')).rejects.toBeInstanceOf(LostStateError);
  });

  it('removes no pack before its own first switch', async () => {
    await (await open()).commit(content, [], 'intents-written');
    const slow = await holding(await open(), false);
    slow.startPacks();
    await expect.poll(names).toHaveLength(2);
    await open();
    await slow.commit(content, [], 'intents-written');
    expect((await open()).blobs.read(digest)).toEqual(bytes);
  });

  describe('whose switch was not answered', () => {
    /** Lets the write through, and loses its answer. */
    const lossy = (answersLost: number): KubeClient => {
      const lose = async <T>(write: Promise<T>): Promise<T> => {
        const written = await write;
        if (answersLost-- > 0) throw new KubeNetworkError('socket hang up', 'ECONNRESET');
        return written;
      };
      return {
        ...kube,
        create: (resource, namespace, object) => lose(kube.create(resource, namespace, object)),
        replace: (resource, key, object) => lose(kube.replace(resource, key, object)),
      };
    };
    const openOn = async (client: KubeClient): Promise<ClusterState> => {
      const state = new ClusterState(
        client,
        () => undefined,
        () => true,
      );
      await state.load(signal);
      return state;
    };
    const generation = async (): Promise<string | undefined> => (await open()).content?.generation;

    it('goes on from what it wrote, whether the same or something newer is written next', async () => {
      await ensureAgentNamespace(kube);
      const state = await openOn(lossy(2));
      await expect(state.commit(content, [], 'intents-written')).rejects.toThrow('socket hang up');
      await state.commit(content, [], 'intents-written');
      expect(await generation()).toBe('1');
      const next = await openOn(lossy(1));
      await expect(next.commit({ ...content, generation: '2' }, [], 'intents-written')).rejects.toThrow();
      await next.commit({ ...content, generation: '3' }, [], 'intents-written');
      await next.commit({ ...content, generation: '4' }, [], 'intents-written');
      expect(await generation()).toBe('4');
    });

    it("is lost where somebody else's is there now", async () => {
      await (await open()).commit(content, [], 'intents-written');
      const state = await openOn(lossy(1));
      await expect(state.commit({ ...content, generation: '2' }, [], 'intents-written')).rejects.toThrow();
      await (await open()).commit({ ...content, generation: '5' }, [], 'intents-written');
      await expect(
        state.commit({ ...content, generation: '3' }, [], 'intents-written'),
      ).rejects.toBeInstanceOf(LostStateError);
      expect(await generation()).toBe('5');
    });
  });

  it('is written anew, whole, when somebody deletes it', async () => {
    const state = await holding(await open());
    for (const name of await names()) await kube.delete(secrets, { namespace: agentNamespace, name });
    const entry = {
      id: '/ConfigMap/a/b',
      bundle: 'a',
      apiVersion: 'v1',
      state: 'intended',
      adopted: false,
    } as const;
    await state.commit(content, [entry], 'inventory-written');
    const again = new ClusterState(
      kube,
      () => undefined,
      () => true,
    );
    expect(await again.load(signal)).toEqual([entry]);
    expect(Buffer.from(again.blobs.read(digest)!)).toEqual(bytes);
  });
});
