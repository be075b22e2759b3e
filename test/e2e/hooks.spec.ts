import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';
import { configMaps, forgetAgent } from './agent-traces.ts';
import { job, jobs, PlayedKubelet } from './played-kubelet.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager']);

/** Real Jobs by the real Job controller; a test plays the kubelet, and so says when and how a container ends. */
describe.skipIf(why !== undefined)('hooks', () => {
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
  });
  afterEach(async () => {
    await agent.stop();
    for (const { metadata } of (await ours()).items)
      await kube.delete(
        jobs,
        { namespace: metadata.namespace!, name: metadata.name },
        { propagation: 'Background' },
      );
    await eventually(ours, (left) => left.items.length === 0);
    await forgetAgent(kube);
  });

  const ours = () => kube.list(jobs, { labelSelector: `muster.dev/fleet=${fleet}` });
  const find = async (name: string): Promise<KubeObject | undefined> =>
    kube.get(configMaps, { namespace: 'shop', name }).catch(() => undefined);
  const findJob = async (name: string): Promise<KubeObject | undefined> =>
    kube.get(jobs, { namespace: 'shop', name }).catch(() => undefined);
  const shop = (...objects: object[]) => [{ bundle: 'shop', namespace: 'shop', objects }];
  const preSync = { 'muster.dev/hook': 'PreSync' };
  const waits = (of: string) =>
    agent.until('shop', (it) => it.reason === 'Waiting' && it.message.includes(of));

  it('of PreSync end before the bundle is applied, and those of PostSync begin when it is', async () => {
    agent.start();
    const postSync = { 'argocd.argoproj.io/hook': 'PostSync' };
    const objects = [configMap('a'), job('migrate', preSync), job('smoke', postSync)];
    await agent.say({ assignments: shop(...objects) });
    await waits('Job shop/migrate runs');
    expect(await find('a')).toBeUndefined();
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await waits('Job shop/smoke runs');
    expect(await find('a')).toBeDefined();
    await kubelet.end('shop', 'smoke', 'Succeeded');
    await agent.untilSynced('shop');
  });

  it('run once for each manifest, and anew for the next', async () => {
    agent.start();
    await agent.say({ generation: 1, assignments: shop(configMap('a'), job('migrate', preSync)) });
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await agent.untilSynced('shop', 1);
    const first = (await findJob('migrate'))?.metadata.uid;
    await agent.kill();
    agent.start();
    await agent.say({ generation: 2, assignments: shop(configMap('a', '2'), job('migrate', preSync)) });
    await eventually(
      () => findJob('migrate'),
      (found) => found !== undefined && found.metadata.uid !== first,
    );
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await agent.untilSynced('shop', 2);
  });

  it('that fail stop their bundle, show the end of their log, and let SyncFail run, once', async () => {
    agent.start();
    const alarm = job('alarm', { 'muster.dev/hook': 'SyncFail' });
    const objects = [configMap('a'), job('migrate', preSync), alarm];
    await agent.say({ assignments: shop(...objects) });
    await kubelet.end('shop', 'migrate', 'Failed', 'connecting\ntable users is locked\n');
    const failed = await agent.until(
      'shop',
      (it) => it.reason === 'HookFailed' && it.message.includes('table users is locked'),
    );
    expect(failed).toMatchObject({ sync: 'OutOfSync', health: 'Degraded' });
    expect(failed.message).toContain('the PreSync hook Job shop/migrate failed');
    await kubelet.end('shop', 'alarm', 'Succeeded');
    expect(await find('a')).toBeUndefined();
    // Started again, it neither tries again nor forgets why not.
    const uids = async () => [
      (await findJob('migrate'))?.metadata.uid,
      (await findJob('alarm'))?.metadata.uid,
    ];
    const before = await uids();
    await agent.kill();
    agent.start();
    await agent.until('shop', (it) => it.message.includes('table users is locked'));
    expect(await uids()).toEqual(before);
    // A manifest that is mended runs it anew.
    await agent.say({ generation: 9, assignments: shop(configMap('a', '2'), job('migrate', preSync)) });
    await eventually(
      () => findJob('migrate'),
      (found) => found !== undefined && found.metadata.uid !== before[0],
    );
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await agent.untilSynced('shop', 9);
    expect(await find('a')).toBeDefined();
  });

  it('are not Missing when their TTL removed them, and do not run again', async () => {
    agent.start();
    await agent.say({
      assignments: shop(configMap('a'), job('migrate', preSync, { ttlSecondsAfterFinished: 0 })),
    });
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await eventually(
      () => findJob('migrate'),
      (found) => found === undefined,
    );
    const status = await agent.untilSynced('shop');
    expect(status).toMatchObject({ health: 'Healthy', objects: [] });
    await agent.kill();
    agent.start();
    await agent.say({ generation: 9, assignments: shop(configMap('a', '2')) });
    await agent.untilSynced('shop', 9);
    expect(await findJob('migrate')).toBeUndefined();
  });

  it('are not alone in that: an ordinary Job that its TTL removed when it was complete is not made again', async () => {
    agent.start();
    const fill = (value: string) =>
      shop(configMap('a', value), job('fill', {}, { ttlSecondsAfterFinished: 0 }));
    await agent.say({ generation: 1, assignments: fill('1') });
    await kubelet.end('shop', 'fill', 'Succeeded');
    await eventually(
      () => findJob('fill'),
      (found) => found === undefined,
    );
    const healthy = await agent.until('shop', (it) => it.sync === 'Synced' && it.health === 'Healthy');
    expect(healthy.objects).toEqual([]);
    await agent.kill();
    agent.start();
    await agent.say({ generation: 2, assignments: fill('2') });
    await agent.untilSynced('shop', 2);
    expect(await findJob('fill')).toBeUndefined();
  });

  it("of Helm's charts run by their annotations, in the order of their weights, and their tests never", async () => {
    agent.start();
    const helm = (hook: string, weight: string, policy?: string) => ({
      'helm.sh/hook': hook,
      'helm.sh/hook-weight': weight,
      ...(policy && { 'helm.sh/hook-delete-policy': policy }),
    });
    const objects = [
      configMap('a'),
      job('second', helm('pre-install,pre-upgrade', '5', 'before-hook-creation,hook-succeeded')),
      configMap('settings', '1', { annotations: helm('pre-install,pre-upgrade', '-5') }),
      job('after', helm('post-install', '0')),
      job('test', helm('test', '0')),
    ];
    await agent.say({ assignments: shop(...objects) });
    await waits('Job shop/second');
    expect(await find('settings')).toBeDefined();
    expect(await find('a')).toBeUndefined();
    await kubelet.end('shop', 'second', 'Succeeded');
    await eventually(
      () => findJob('second'),
      (found) => found === undefined,
    );
    await kubelet.end('shop', 'after', 'Succeeded');
    await agent.untilSynced('shop');
    expect(await findJob('test')).toBeUndefined();
    expect(await findJob('after')).toBeDefined();
  });

  it('that take longer than their deadline fail', async () => {
    agent.start();
    const annotations = { ...preSync, 'muster.dev/hook-deadline': '1s' };
    await agent.say({ assignments: shop(configMap('a'), job('migrate', annotations)) });
    const failed = await agent.until('shop', (it) => it.reason === 'HookFailed');
    expect(failed.message).toContain('it did not end within 1 seconds');
  });

  it('leave with their bundle', async () => {
    agent.start();
    await agent.say({ generation: 1, assignments: shop(configMap('a'), job('migrate', preSync)) });
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await agent.untilSynced('shop', 1);
    await agent.say({ generation: 2, assignments: [], deletionConsents: ['shop'] });
    await eventually(ours, (left) => left.items.length === 0);
    await eventually(
      () => find('a'),
      (found) => found === undefined,
    );
  });

  it('of a newer manifest take the place of one that runs, which is gone before they begin', async () => {
    agent.start();
    await agent.say({ generation: 1, assignments: shop(configMap('a'), job('migrate', preSync)) });
    const stuck = (await kubelet.podOf('shop', 'migrate')).metadata.uid;
    await agent.say({ generation: 2, assignments: shop(configMap('a', '2'), job('migrate', preSync)) });
    await eventually(
      async () => (await kubelet.podOf('shop', 'migrate')).metadata.uid,
      (uid) => uid !== stuck,
    );
    await kubelet.end('shop', 'migrate', 'Succeeded');
    await agent.untilSynced('shop', 2);
  });
});
