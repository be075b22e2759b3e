import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';
import { configMaps, forgetAgent, namespaces, secrets } from './agent-traces.ts';

const why = await whyNoClusters();

describe.skipIf(why !== undefined)('an agent with a desired state from a file', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    kube = createKubeClient(cluster.config);
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
  });
  afterEach(async () => {
    await agent.say({ assignments: [] });
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

  it('makes the namespace, applies the objects marked as ours, and prunes what left', async () => {
    agent.start();
    await agent.say({ assignments: shop(configMap('a'), configMap('b')) });
    expect(await agent.untilSynced('shop')).toMatchObject({ health: 'Healthy', reason: 'Applied' });
    expect((await find('a'))?.metadata).toMatchObject({
      labels: { 'muster.dev/fleet': fleet, 'muster.dev/bundle': 'shop' },
      annotations: { 'muster.dev/object': '/ConfigMap/shop/a' },
    });
    await agent.say({ assignments: shop(configMap('a', '2')) });
    await eventually(
      () => find('b'),
      (found) => found === undefined,
    );
    await eventually(
      () => find('a'),
      (found) => valueOf(found) === '2',
    );
  });

  it('folds stringData of a Secret, and tells its values nobody, however much it tells', async () => {
    agent.start({ env: { MUSTER_LOG_LEVEL: 'trace' } });
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { password: 'geheim' },
    };
    await agent.say({ assignments: shop(secret) });
    await agent.untilSynced('shop');
    const live = await kube.get(secrets, { namespace: 'shop', name: 's' });
    const encoded = Buffer.from('geheim').toString('base64');
    expect(live.data).toEqual({ password: encoded });
    const edited = { password: Buffer.from('verraten').toString('base64') };
    await kube.mergePatch(secrets, { namespace: 'shop', name: 's' }, { data: edited });
    await eventually(
      () => kube.get(secrets, { namespace: 'shop', name: 's' }),
      (found) => (found.data as { password?: string }).password === encoded,
    );
    await agent.say({ assignments: shop(secret, { ...secret, metadata: { name: 'Bad_Name' } }) });
    await agent.until('shop', (status) => status.reason === 'Refused');
    expect(agent.log).toContain('"level":20');
    const told = agent.log + JSON.stringify(await agent.statuses());
    for (const value of ['geheim', encoded, 'verraten', edited.password]) expect(told).not.toContain(value);
  });

  it('heals an edit and a deletion at once', async () => {
    agent.start();
    await agent.say({ assignments: shop(configMap('a'), configMap('b')) });
    await agent.untilSynced('shop');
    await kube.mergePatch(configMaps, { namespace: 'shop', name: 'a' }, { data: { value: 'edited' } });
    await eventually(
      () => find('a'),
      (found) => valueOf(found) === '1',
    );
    await kube.delete(configMaps, { namespace: 'shop', name: 'b' });
    await eventually(
      () => find('b'),
      (found) => valueOf(found) === '1',
    );
    await kube.mergePatch(
      configMaps,
      { namespace: 'shop', name: 'a' },
      { metadata: { labels: { 'muster.dev/fleet': null } } },
    );
    await eventually(
      () => find('a'),
      (found) => found?.metadata.labels?.['muster.dev/fleet'] === fleet,
    );
  });

  it.each([
    'packs-written:1',
    'intents-written:1',
    'before-apply:2',
    'after-apply:2',
    'before-inventory:1',
    'inventory-written:1',
  ])('killed at %s while applying, it leaves nothing orphaned and loses nothing', async (checkpoint) => {
    await agent.say({ generation: 1, assignments: shop(configMap('a'), configMap('b'), configMap('c')) });
    agent.start({ crashAt: checkpoint });
    expect(await agent.ended()).toBe('SIGKILL');
    // The newest state wants less than the one that was cut off.
    await agent.say({ generation: 2, assignments: shop(configMap('a')) });
    agent.start();
    await agent.untilSynced('shop', 2);
    await eventually(ours, (names) => names.join() === 'a');
  });

  it.each(['before-delete:2', 'after-delete:1', 'before-inventory:1'])(
    'killed at %s while pruning, it prunes the rest',
    async (checkpoint) => {
      await agent.say({ generation: 1, assignments: shop(configMap('a'), configMap('b'), configMap('c')) });
      agent.start();
      await agent.untilSynced('shop', 1);
      await agent.kill();
      await agent.say({ generation: 2, assignments: shop(configMap('a')) });
      agent.start({ crashAt: checkpoint });
      expect(await agent.ended()).toBe('SIGKILL');
      agent.start();
      await agent.untilSynced('shop', 2);
      await eventually(ours, (names) => names.join() === 'a');
    },
  );

  it('keeps what was there before it, and deletes what it made', async () => {
    await kube.create(namespaces, undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'old' },
    });
    await kube.create(configMaps, 'old', configMap('before', 'theirs') as KubeObject);
    agent.start();
    const old = (...objects: object[]) => [{ bundle: 'old', namespace: 'old', objects }];
    await agent.say({ assignments: old(configMap('before', 'ours'), configMap('made'), configMap('stays')) });
    await agent.untilSynced('old');
    expect(valueOf(await find('before', 'old'))).toBe('ours');
    await agent.say({ assignments: old(configMap('stays')) });
    await eventually(
      () => find('made', 'old'),
      (found) => found === undefined,
    );
    expect(await find('before', 'old')).toBeDefined();
  });

  it('hands an object over to another bundle without deleting it', async () => {
    agent.start();
    const two = (web: object[], api: object[]) => [
      { bundle: 'web', namespace: 'shop', objects: web },
      { bundle: 'api', namespace: 'shop', objects: api },
    ];
    await agent.say({ assignments: two([configMap('a'), configMap('b')], [configMap('c')]) });
    await agent.untilSynced('web');
    const uid = (await find('a'))!.metadata.uid;
    await agent.say({ assignments: two([configMap('b')], [configMap('a'), configMap('c')]) });
    const moved = await eventually(
      () => find('a'),
      (found) => found?.metadata.labels?.['muster.dev/bundle'] === 'api',
    );
    expect(moved?.metadata.uid).toBe(uid);
  });

  it('waits for consent before it empties a cluster', async () => {
    agent.start();
    await agent.say({ assignments: shop(configMap('a'), configMap('b')) });
    await agent.untilSynced('shop');
    await agent.say({ assignments: [] });
    expect(await agent.until('shop', (status) => status.reason === 'PruneHeld')).toMatchObject({
      gone: false,
    });
    expect(await ours()).toEqual(['a', 'b']);
    await agent.say({ assignments: [], deletionConsents: ['shop'] });
    await agent.until('shop', (status) => status.gone);
    expect(await ours()).toEqual([]);
  });

  it('writes nothing while paused', async () => {
    agent.start();
    await agent.say({ assignments: shop(configMap('a')) });
    await agent.untilSynced('shop');
    await agent.say({ paused: true, assignments: shop(configMap('a', '2'), configMap('b')) });
    await agent.until('shop', (status) => status.reason === 'Paused');
    expect(await ours()).toEqual(['a']);
    expect(valueOf(await find('a'))).toBe('1');
    await agent.say({ assignments: shop(configMap('a', '2'), configMap('b')) });
    await eventually(ours, (names) => names.join() === 'a,b');
  });

  it("says of an object that the API server refuses why, and applies the others; of another fleet's whose it is", async () => {
    await eventually(
      () =>
        kube
          .create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
          .catch(() => true),
      Boolean,
    );
    const id = '/ConfigMap/shop/theirs';
    await kube.create(
      configMaps,
      'shop',
      configMap('theirs', 'x', {
        labels: { 'muster.dev/fleet': 'other', 'muster.dev/bundle': 'web' },
        annotations: { 'muster.dev/object': id },
      }) as KubeObject,
    );
    const bad = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Bad_Name' } };
    const badSecret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'wrong' },
      data: { password: 'not-base64-hunter2' },
    };
    agent.start();
    await agent.say({ assignments: shop(configMap('a'), bad, badSecret, configMap('theirs')) });
    const status = await agent.until('shop', (told) => told.objects.length === 3);
    expect(Object.fromEntries(status.objects.map((told) => [told.object.name, told.reason]))).toEqual({
      Bad_Name: 'Refused',
      wrong: 'Refused',
      theirs: 'OwnedByOther',
    });
    expect(JSON.stringify(status) + agent.log).not.toContain('hunter2');
    expect(await find('a')).toBeDefined();
    await kube.delete(configMaps, { namespace: 'shop', name: 'theirs' });
  });

  it('applies a CRD and an object of its kind in one state', async () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Widget', plural: 'widgets' },
        scope: 'Namespaced',
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
    agent.start();
    await agent.say({
      assignments: shop({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }, crd),
    });
    await agent.untilSynced('shop');
  });

  it('holds a bundle of 10 MB of incompressible bytes, also after a restart', async () => {
    const objects = Array.from({ length: 20 }, (_, n) =>
      configMap(`big-${n}`, randomBytes(390_000).toString('base64')),
    );
    agent.start();
    await agent.say({ generation: 1, assignments: shop(...objects) });
    await agent.untilSynced('shop', 1);
    await agent.kill();
    await kube.delete(configMaps, { namespace: 'shop', name: 'big-7' });
    agent.start();
    await eventually(
      () => find('big-7'),
      (found) => found !== undefined,
    );
  });

  it('of two agents one waits, and goes on when the other dies', async () => {
    const second = await AgentProcess.on(cluster.kubeconfig);
    try {
      agent.start();
      await agent.say({ generation: 1, assignments: shop(configMap('a')) });
      await agent.untilSynced('shop', 1);
      await second.say({ generation: 2, assignments: shop(configMap('b')) });
      second.start();
      await eventually(
        async () => second.log,
        (log) => log.includes('another agent holds this cluster'),
      );
      expect(await ours()).toEqual(['a']);
      await agent.kill();
      await second.untilSynced('shop', 2);
    } finally {
      await second.stop();
    }
  });
});
