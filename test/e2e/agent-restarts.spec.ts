import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';
import { configMaps, forgetAgent, leases, secrets } from './agent-traces.ts';

const why = await whyNoClusters();

/** What an agent knows of its former life is in its cluster alone. */
describe.skipIf(why !== undefined)('an agent that is started again (invariant 3)', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    kube = createKubeClient(cluster.config);
  });
  afterAll(async () => {
    await kube?.close();
    await cluster?.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
  });
  afterEach(async () => {
    await agent.stop();
    await forgetAgent(kube);
  });

  const find = async (name: string, namespace = 'shop'): Promise<KubeObject | undefined> =>
    kube.get(configMaps, { namespace, name }).catch(() => undefined);
  const valueOf = (object: KubeObject | undefined) => (object?.data as { value?: string } | undefined)?.value;
  const ours = async (): Promise<string[]> =>
    (await kube.list(configMaps, { labelSelector: `muster.dev/fleet=${fleet}` })).items
      .map((item) => item.metadata.name)
      .sort();
  const shop = (...objects: object[]) => [{ bundle: 'shop', namespace: 'shop', objects }];

  it('writes nothing when nothing changed', async () => {
    agent.start();
    await agent.say({ generation: 1, assignments: shop(configMap('a'), configMap('b')) });
    await agent.untilSynced('shop');
    const before = (await kube.list(configMaps, { namespace: 'shop' })).resourceVersion;
    const versions = async () =>
      (await kube.list(secrets, { namespace: 'muster-system' })).items.map(
        (item) => item.metadata.resourceVersion,
      );
    await agent.kill('SIGTERM');
    const state = await versions();
    agent.start();
    await eventually(
      async () => agent.log.match(/holds the cluster/g)?.length,
      (count) => count === 2,
    );
    await agent.untilSynced('shop');
    expect(await versions()).toEqual(state);
    expect((await find('a'))!.metadata.resourceVersion! <= before).toBe(true);
  });

  it('does not go back to an older state', async () => {
    agent.start();
    await agent.say({ generation: 5, assignments: shop(configMap('a', 'new')) });
    await agent.untilSynced('shop', 5);
    await agent.kill();
    await agent.say({ generation: 4, assignments: shop(configMap('a', 'old')) });
    agent.start();
    await eventually(
      async () => agent.log,
      (log) => /"outcome":"older".*was not taken on/.test(log),
    );
    expect(valueOf(await find('a'))).toBe('new');
  });

  it('keeps what a bundle had while that asks for what it does not know', async () => {
    agent.start();
    await agent.say({ generation: 1, assignments: shop(configMap('a', 'known')) });
    await agent.untilSynced('shop', 1);
    const requiredFeatures = ['time-travel/v1'];
    await agent.say({
      generation: 2,
      assignments: [{ bundle: 'shop', namespace: 'shop', objects: [configMap('b')], requiredFeatures }],
    });
    await agent.until('shop', (status) => status.reason === 'Unsupported');
    await agent.kill();
    await kube.delete(configMaps, { namespace: 'shop', name: 'a' });
    agent.start();
    await eventually(
      () => find('a'),
      (found) => valueOf(found) === 'known',
    );
    await agent.until('shop', (status) => status.reason === 'Unsupported' && status.version.generation === 2);
    expect(await ours()).toEqual(['a']);
  });

  it('takes over at once from an earlier process of its own pod', async () => {
    const env = { POD_UID: 'c0ffee00-0000-4000-8000-000000000001' };
    // A pod knows nothing of the processes that had the cluster before, and would wait.
    await kube.delete(leases, { namespace: 'muster-system', name: 'muster-agent' }).catch(() => undefined);
    agent.start({ env });
    await agent.say({ generation: 1, assignments: shop(configMap('a')) });
    await agent.untilSynced('shop', 1);
    await agent.kill();
    await agent.say({ generation: 2, assignments: shop(configMap('a', '2')) });
    agent.start({ env });
    await agent.untilSynced('shop', 2);
    expect(agent.log).not.toContain('another agent holds this cluster');
    await agent.kill('SIGTERM');
  });

  it('waits for an API server that is away when it starts', async () => {
    await cluster.apiServer.kill();
    try {
      await agent.say({ assignments: shop(configMap('a')) });
      agent.start();
      await eventually(
        async () => agent.log,
        (log) => log.includes('cannot take the Lease'),
      );
    } finally {
      await cluster.apiServer.start();
    }
    await agent.untilSynced('shop');
  });
});
