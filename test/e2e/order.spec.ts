import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';
import { configMaps, forgetAgent } from './agent-traces.ts';
import { job, jobs, PlayedKubelet } from './played-kubelet.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager']);

const crds: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  verbs: [],
};
const wave = (n: number) => ({ annotations: { 'muster.dev/wave': `${n}` } });
const inWave = (name: string, n: number, value = '1') => configMap(name, value, wave(n));

/** What takes time to be healthy is a Job whose end the test says. */
describe.skipIf(why !== undefined)('the order in which a bundle is applied', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubelet: PlayedKubelet;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubelet = await PlayedKubelet.on(cluster, kube);
  });
  afterAll(async () => {
    await kubelet?.stop();
    await kube?.close();
    await cluster?.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
  });
  afterEach(async () => {
    await agent.stop();
    for (const { metadata } of (await ourJobs()).items)
      await kube.delete(
        jobs,
        { namespace: metadata.namespace!, name: metadata.name },
        { propagation: 'Background' },
      );
    await eventually(ourJobs, (left) => left.items.length === 0);
    await forgetAgent(kube);
  });

  const ourJobs = () => kube.list(jobs, { labelSelector: `muster.dev/fleet=${fleet}` });
  const find = async (name: string): Promise<KubeObject | undefined> =>
    kube.get(configMaps, { namespace: 'shop', name }).catch(() => undefined);
  const there = async (...names: string[]) =>
    (await Promise.all(names.map(find))).map((it) => it !== undefined);
  const shop = (...objects: object[]) => [{ bundle: 'shop', namespace: 'shop', objects }];
  const waits = (of: string, bundle = 'shop') =>
    agent.until(bundle, (it) => it.reason === 'Waiting' && it.message.includes(of));

  it('is that of its waves: each waits for the health of the one before', async () => {
    await agent.say({ assignments: shop(inWave('late', 2), job('prepare', {}), inWave('early', -1)) });
    const status = await waits('waits for wave 0: Job shop/prepare is Progressing');
    expect(status.sync).toBe('OutOfSync');
    expect(await there('early', 'late')).toEqual([true, false]);
    await kubelet.end('shop', 'prepare', 'Succeeded');
    await agent.untilSynced('shop');
    expect(await there('late')).toEqual([true]);
  });

  it('is left at once for that of a newer generation, while it waits', async () => {
    await agent.say({ generation: 1, assignments: shop(job('prepare', {}), inWave('late', 1)) });
    await waits('Job shop/prepare');
    await agent.say({ generation: 2, assignments: shop(inWave('other', 1)) });
    await agent.untilSynced('shop', 2);
    expect(await there('other', 'late')).toEqual([true, false]);
    await eventually(ourJobs, (left) => left.items.length === 0);
  });

  it('goes on by itself, though it said that it waits too long', async () => {
    const [assignment] = shop(job('prepare', {}), inWave('late', 1));
    await agent.say({ assignments: [{ ...assignment!, policy: { healthTimeoutS: 1 } }] });
    const late = await agent.until('shop', (it) => it.reason === 'Waiting' && it.health === 'Degraded');
    expect(late.message).toContain('Job shop/prepare is Progressing');
    expect(late.message).toContain('(for more than 1 seconds)');
    await kubelet.end('shop', 'prepare', 'Succeeded');
    const synced = await agent.untilSynced('shop');
    expect(synced.health).toBe('Healthy');
  });

  it('brings a CRD before the objects of its kind, in one commit', async () => {
    const widgets = `widgets-${Date.now()}`;
    const group = `${widgets}.example.com`;
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    };
    const widget = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } };
    await agent.say({ assignments: shop(widget, inWave('late', 1), crd) });
    await agent.untilSynced('shop');
    const served = (await kube.resourceFor(group, 'v1', 'Widget'))!;
    expect((await kube.get(served, { namespace: 'shop', name: 'w' })).spec).toEqual({ size: 1 });
    expect(await there('late')).toEqual([true]);
    await kube.delete(crds, { name: crd.metadata.name });
  });

  it('is reversed when objects leave, each wave gone before the next, and after all that is new is there', async () => {
    const held = configMap('held', '1', { ...wave(2), finalizers: ['example.com/hold'] });
    await agent.say({ generation: 1, assignments: shop(inWave('first', -1), configMap('kept'), held) });
    await agent.untilSynced('shop', 1);
    const next = shop(configMap('kept', '2'), job('prepare', {}), inWave('new', 1));
    await agent.say({ generation: 2, assignments: next });
    await waits('Job shop/prepare');
    expect((await find('held'))?.metadata.deletionTimestamp).toBeUndefined();
    await kubelet.end('shop', 'prepare', 'Succeeded');
    await eventually(
      () => find('held'),
      (found) => found?.metadata.deletionTimestamp !== undefined,
    );
    expect(await there('new', 'first')).toEqual([true, true]);
    await kube.mergePatch(
      configMaps,
      { namespace: 'shop', name: 'held' },
      { metadata: { finalizers: null } },
    );
    await eventually(
      () => there('held', 'first'),
      (found) => !found.includes(true),
    );
    await agent.untilSynced('shop', 2);
  });

  describe('of bundles', () => {
    const base = (...objects: object[]) => ({ bundle: 'base', namespace: 'shop', objects });
    const app = (...objects: object[]) => ({
      bundle: 'app',
      namespace: 'shop',
      policy: { dependsOn: [{ bundle: 'base' }] },
      objects,
    });

    it('is by what they depend on: that is to be as its manifest says now, and healthy', async () => {
      await agent.say({ generation: 1, assignments: [app(configMap('a')), base(job('prepare', {}))] });
      const status = await waits('waits for bundle base: Job shop/prepare is Progressing', 'app');
      expect(status.health).not.toBe('Degraded');
      expect(await there('a')).toEqual([false]);
      await kubelet.end('shop', 'prepare', 'Succeeded');
      await agent.untilSynced('app', 1);
      // What is applied already is nobody's to wait for.
      await agent.say({ generation: 2, assignments: [app(configMap('a')), base(job('again', {}))] });
      await agent.until('base', (it) => it.version.generation === 2);
      await kubelet.podOf('shop', 'again');
      expect((await agent.statuses()).find((it) => it.bundle === 'app')?.sync).toBe('Synced');
    });

    it('is said where it never comes: not assigned here, or waiting for each other', async () => {
      await agent.say({ generation: 1, assignments: [app(configMap('a'))] });
      await waits('depends on bundle base, which is not assigned to this cluster', 'app');
      const back = { ...base(configMap('b')), policy: { dependsOn: [{ bundle: 'app' }] } };
      await agent.say({ generation: 2, assignments: [app(configMap('a')), back] });
      await waits('the bundles app → base → app wait for each other', 'app');
      await waits('the bundles base → app → base wait for each other', 'base');
      await agent.say({ generation: 3, assignments: [app(configMap('a')), base(configMap('b'))] });
      await agent.untilSynced('app', 3);
    });
  });
});
