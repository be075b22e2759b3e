import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import type { FileAssignment } from './agent-process.ts';
import { configMaps, forgetAgent, namespaces } from './agent-traces.ts';

const why = await whyNoClusters();
const names = ['a', 'b', 'c'];

/** What becomes of objects that leave their bundle, and of bundles that leave a cluster (invariants 3 and 4). */
describe.skipIf(why !== undefined)('an agent that prunes by what bundles say (invariant 4)', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    kube = createKubeClient(cluster.config);
    await kube.create(namespaces, undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
  });
  afterEach(async () => {
    await agent.stop();
    await forgetAgent(kube);
  });

  const find = async (name: string): Promise<KubeObject | undefined> =>
    kube.get(configMaps, { namespace: 'shop', name }).catch(() => undefined);
  const present = async (): Promise<string[]> =>
    (await kube.list(configMaps, { namespace: 'shop' })).items
      .map((item) => item.metadata.name)
      .filter((name) => name !== 'kube-root-ca.crt')
      .sort();
  const uids = async (): Promise<(string | undefined)[]> =>
    Promise.all(names.map(async (name) => (await find(name))?.metadata.uid));
  /** A bundle with these objects. One more keeps the desired state from being empty. */
  const shop = (policy: Policy, ...objects: object[]): FileAssignment[] => [
    { bundle: 'rest', namespace: 'shop', objects: [configMap('rest')] },
    { bundle: 'shop', namespace: 'shop', policy, objects },
  ];
  const [rest] = shop({});
  /** What shows that an agent has come to a state in which nothing else differs. */
  const changedRest = { ...rest!, objects: [configMap('rest', '2')] };
  const all = names.map((name) => configMap(name));

  it('deletes nothing where nothing is pruned, says what was left, also after a restart, and prunes it once it may', async () => {
    agent.start();
    await agent.say({ assignments: shop({ prune: false }, ...all) });
    await agent.untilSynced('shop');
    await agent.say({ assignments: shop({ prune: false }, all[0]!) });
    const told = await agent.until('shop', (it) => it.reason === 'Orphaned');
    expect(told).toMatchObject({ sync: 'OutOfSync', health: 'Healthy' });
    expect(told.objects.map((it) => `${it.object.name} ${it.reason}`).sort()).toEqual([
      'b Orphaned',
      'c Orphaned',
    ]);
    await agent.kill();
    agent.start();
    await agent.say({ generation: 7, assignments: shop({ prune: false }, configMap('a', '2')) });
    await agent.until('shop', (it) => it.reason === 'Orphaned' && it.version.generation === 7);
    expect(await present()).toEqual(['a', 'b', 'c', 'rest']);
    await agent.say({ generation: 8, assignments: shop({}, configMap('a', '2')) });
    await agent.untilSynced('shop', 8);
    expect(await present()).toEqual(['a', 'rest']);
  });

  it('leaves behind what a bundle says is to stay, and takes it up again as what was there before', async () => {
    agent.start();
    await agent.say({ assignments: shop({ onRemoval: 'Orphan' }, ...all) });
    await agent.untilSynced('shop');
    const before = await uids();
    await agent.say({ assignments: [rest!] });
    await agent.until('shop', (it) => it.gone);
    expect(await uids()).toEqual(before);
    await agent.say({ assignments: shop({}, ...all) });
    await agent.untilSynced('shop');
    await agent.say({ assignments: shop({}, all[0]!) });
    await agent.until('shop', (it) => it.sync === 'Synced' && !it.gone && it.objects.length === 0);
    await agent.say({ assignments: [rest!], deletionConsents: ['shop'] });
    await agent.until('shop', (it) => it.gone);
    expect(await uids()).toEqual(before);
  });

  it('keeps what a bundle left that pruned nothing, until a person says otherwise, whatever restarts between', async () => {
    agent.start();
    await agent.say({ assignments: shop({ prune: false }, ...all) });
    await agent.untilSynced('shop');
    await agent.say({ generation: 10, assignments: [rest!] });
    await agent.until('shop', (it) => it.reason === 'Orphaned' && it.version.generation === 10);
    await agent.kill();
    agent.start();
    await agent.say({ generation: 11, assignments: [changedRest] });
    await agent.untilSynced('rest', 11);
    expect(await agent.until('shop', (it) => it.reason === 'Orphaned')).toMatchObject({
      gone: false,
      sync: 'OutOfSync',
    });
    expect(await present()).toEqual(['a', 'b', 'c', 'rest']);
    await agent.say({ generation: 12, assignments: [rest!], deletionConsents: ['shop'] });
    await agent.until('shop', (it) => it.gone);
    expect(await present()).toEqual(['rest']);
  });

  it('keeps what was there before, and prunes it where that is asked for', async () => {
    for (const object of all.slice(0, 2)) await kube.create(configMaps, 'shop', object as KubeObject);
    agent.start();
    await agent.say({ assignments: shop({}, ...all) });
    await agent.untilSynced('shop');
    await agent.say({ generation: 5, assignments: shop({}, all[1]!) });
    await agent.untilSynced('shop', 5);
    expect(await present()).toEqual(['a', 'b', 'rest']);
    await agent.say({ generation: 6, assignments: shop({ adopted: 'Prune' }) });
    await agent.untilSynced('shop', 6);
    expect(await present()).toEqual(['a', 'rest']);
  });

  it('hands a renamed bundle over without touching what it is made of, also while another holds the pruning', async () => {
    agent.start();
    await agent.say({ assignments: shop({}, ...all) });
    await agent.untilSynced('shop');
    const before = await uids();
    await agent.say({
      assignments: [rest!],
      pruneHolds: [{ bundle: 'store', reason: 'it does not render' }],
    });
    await agent.until('shop', (it) => it.reason === 'PruneHeld');
    const renamed = { bundle: 'store', namespace: 'shop', objects: all };
    await agent.say({ assignments: [rest!, renamed] });
    await agent.untilSynced('store');
    await agent.until('shop', (it) => it.gone);
    expect(await uids()).toEqual(before);
    expect((await find('a'))?.metadata.labels?.['muster.dev/bundle']).toBe('store');
  });

  it('rests where a bundle is paused that has left, until it is resumed', async () => {
    agent.start();
    await agent.say({ assignments: shop({}, ...all) });
    await agent.untilSynced('shop');
    await agent.say({ assignments: [rest!], pausedLeaving: ['shop'] });
    await agent.until('shop', (it) => it.reason === 'Paused');
    expect(await present()).toEqual(['a', 'b', 'c', 'rest']);
    await agent.say({ assignments: [rest!] });
    await agent.until('shop', (it) => it.gone);
    expect(await present()).toEqual(['rest']);
  });

  it('leaves alone what another controller has taken on, and says of what does not die who holds it', async () => {
    agent.start();
    await agent.say({ assignments: shop({}, ...all) });
    await agent.untilSynced('shop');
    const key = (name: string) => ({ namespace: 'shop', name });
    const owner = { apiVersion: 'example.com/v1', kind: 'Stock', name: 'stock', uid: 'u1', controller: true };
    await kube.mergePatch(configMaps, key('a'), { metadata: { ownerReferences: [owner] } });
    await kube.mergePatch(configMaps, key('b'), { metadata: { finalizers: ['example.com/hold'] } });
    await agent.say({ assignments: shop({}) });
    const told = await agent.until('shop', (it) => it.reason === 'Terminating');
    const { deletionTimestamp } = (await find('b'))!.metadata;
    expect(told.objects).toMatchObject([
      {
        object: { name: 'b' },
        message: `its deletion began at ${deletionTimestamp}; held by the finalizer example.com/hold`,
      },
    ]);
    expect(await present()).toEqual(['a', 'b', 'rest']);
    await kube.mergePatch(configMaps, key('b'), { metadata: { finalizers: null } });
    await agent.untilSynced('shop');
    expect(await present()).toEqual(['a', 'rest']);
  });

  it.each([
    'packs-written',
    'intents-written',
    'step-begun',
    'before-delete',
    'after-delete',
    'step-ended',
    'before-inventory',
    'inventory-written',
  ])(
    'is killed at %s while one bundle leaves that stays and another that goes: each comes to its end (invariant 3)',
    async (crashAt) => {
      const two = [
        { bundle: 'kept', namespace: 'shop', policy: { onRemoval: 'Orphan' } as const, objects: [all[0]!] },
        { bundle: 'gone', namespace: 'shop', objects: [all[1]!, all[2]!] },
      ];
      agent.start();
      await agent.say({ assignments: [rest!, ...two] });
      await agent.untilSynced('kept');
      await agent.untilSynced('gone');
      const before = (await find('a'))?.metadata.uid;
      await agent.kill();
      agent.start({ crashAt: `${crashAt}:1` });
      await agent.say({ generation: 20, assignments: [rest!] });
      expect(await agent.ended()).toBe('SIGKILL');
      agent.start();
      await agent.say({ generation: 21, assignments: [changedRest] });
      await eventually(present, (it) => it.join() === 'a,rest');
      await agent.untilSynced('rest', 21);
      expect(await present()).toEqual(['a', 'rest']);
      expect((await find('a'))?.metadata.uid).toBe(before);
    },
  );
});
