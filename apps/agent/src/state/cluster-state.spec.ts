import { createKubeClient } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { startSimulatedCluster } from '@muster/kube-sim';
import type { SimulatedCluster } from '@muster/kube-sim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoLeaseError } from '../lease/no-lease.ts';
import { agentNamespace, secrets } from '../resources.ts';
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
