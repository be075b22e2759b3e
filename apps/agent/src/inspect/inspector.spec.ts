import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, configMaps, SimulatedAgent, until } from '../core/testing.ts';
import { secrets } from '../resources.ts';
import type { Finding, Inspection, ObjectQuery, TreeNode } from './model.ts';

const anything: ObjectQuery = { group: '', kind: '', namespace: '', name: '' };
const logs = { about: 'logs', bundle: 'shop', object: anything, container: '', previous: false } as const;
const once = { ...logs, follow: false, tailLines: 10, sinceSeconds: 0 } as const;

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'example.com/web:1',
            env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
          },
        ],
      },
    },
  },
};
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', annotations: { 'example.com/copy': 'hunter22', 'helm.sh/hook-weight': '1' } },
  stringData: { password: 'hunter22' },
};

describe('what is asked of a cluster', () => {
  let agent: SimulatedAgent;
  let readLogs: KubeClient['logs'];

  beforeEach(async () => {
    agent = await SimulatedAgent.start(() => ({ logs: (pod, options) => readLogs(pod, options) }));
    await agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: [deployment, secret, configMap('a')] },
        { bundle: 'web', namespace: 'shop', objects: [configMap('b')] },
      ],
    });
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Healthy');
  });
  afterEach(() => agent.stop());

  async function ask(question: Inspection): Promise<Finding[]> {
    const all: Finding[] = [];
    for await (const some of agent.core.inspect(question, new AbortController().signal)) all.push(...some);
    return all;
  }

  async function nodes(bundle = 'shop'): Promise<TreeNode[]> {
    return (await ask({ about: 'tree', bundle })).flatMap((it) => (it.kind === 'node' ? [it.node] : []));
  }

  async function shown(object: Partial<ObjectQuery>): Promise<string> {
    const [found] = await ask({ about: 'object', bundle: 'shop', object: { ...anything, ...object } });
    return found?.kind === 'object' ? found.json : '';
  }

  it('is told as a tree of what the bundle has and what that owns', async () => {
    const tree = await nodes();
    const uids = new Map(tree.map(({ uid, object }) => [uid, object.kind]));
    expect(tree.map(({ object, parentUid, health }) => [object.kind, uids.get(parentUid), health])).toEqual([
      ['Deployment', undefined, 'Healthy'],
      ['ReplicaSet', 'Deployment', 'Healthy'],
      ['Pod', 'ReplicaSet', 'Healthy'],
      ['Pod', 'ReplicaSet', 'Healthy'],
      ['Secret', undefined, 'Healthy'],
      ['ConfigMap', undefined, 'Healthy'],
    ]);
    expect(tree.every(({ createdAt }) => createdAt > 0)).toBe(true);
    expect((await nodes('web')).map(({ object }) => object.name)).toEqual(['b']);
  });

  it('shows what is missing as missing', async () => {
    await agent.say({
      assignments: [
        {
          bundle: 'shop',
          namespace: 'shop',
          objects: [{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } }],
          paused: true,
        },
      ],
    });
    await agent.until('shop', ({ reason }) => reason === 'Paused');
    const [widget] = await nodes();
    expect(widget).toMatchObject({
      health: 'Missing',
      message: 'the cluster does not serve its kind',
      uid: '',
    });
  });

  it('masks what Secrets hold, wherever it stands in them', async () => {
    const text = await shown({ kind: 'secret', name: 'db' });
    expect(JSON.parse(text)).toMatchObject({
      data: { password: '***' },
      metadata: { annotations: { 'example.com/copy': '***', 'helm.sh/hook-weight': '1' } },
    });
    expect(text).not.toContain('hunter22');
    expect(text).not.toContain(Buffer.from('hunter22').toString('base64'));
    expect(text).not.toContain('managedFields');
  });

  it('is refused for what is not of the bundle, however it is called', async () => {
    await expect(shown({ kind: 'ConfigMap', name: 'b' })).rejects.toMatchObject({
      because: 'not-found',
      message: 'bundle shop has no ConfigMap b here',
    });
    await agent.kube.create(secrets, 'shop', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'foreign' },
    });
    await expect(shown({ kind: 'Secret', name: 'foreign' })).rejects.toMatchObject({ because: 'not-found' });
    await expect(ask({ about: 'tree', bundle: 'none' })).rejects.toMatchObject({ because: 'not-found' });
    await expect(shown({ kind: 'po' })).rejects.toMatchObject({ because: 'ambiguous' });
    expect(JSON.parse(await shown({ kind: 'deploy' }))).toMatchObject({ kind: 'Deployment' });
  });

  it('gives the events of objects and of what they own', async () => {
    const events = (await agent.kube.resourceFor('', 'v1', 'Event'))!;
    const [pod] = (await nodes()).filter(({ object }) => object.kind === 'Pod');
    const tell = (name: string, uid: string, second: number): Promise<unknown> =>
      agent.kube.create(events, 'shop', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name },
        involvedObject: { kind: 'Pod', name: 'x', namespace: 'shop', uid },
        reason: 'BackOff',
        message: 'Back-off\nrestarting',
        type: 'Warning',
        count: 3,
        lastTimestamp: `2026-11-21T12:00:0${second}Z`,
        source: { component: 'kubelet' },
      });
    await tell('late', pod!.uid, 5);
    await tell('early', pod!.uid, 1);
    await tell('foreign', 'another', 3);
    const found = await ask({ about: 'events', bundle: 'shop', object: { ...anything, kind: 'Deployment' } });
    const all = found.flatMap((it) => (it.kind === 'event' ? [it.event] : []));
    const told = all.filter(({ reason }) => reason === 'BackOff');
    expect(told.map(({ lastAt }) => new Date(lastAt).getUTCSeconds())).toEqual([1, 5]);
    expect(told[0]).toMatchObject({
      object: { kind: 'Pod', name: pod!.object.name },
      message: 'Back-off restarting',
      count: 3,
      source: 'kubelet',
    });
    const none = await ask({ about: 'events', bundle: 'shop', object: { ...anything, kind: 'Secret' } });
    expect(none).toEqual([]);
  });

  it('gives the logs of the Pods behind an object, without what Secrets gave to them', async () => {
    const asked: unknown[] = [];
    readLogs = async function* ({ name }, { container, tailLines, follow }) {
      asked.push([container, tailLines, follow]);
      yield Buffer.from(`${name} says hunt`);
      yield Buffer.from('er22\n');
    };
    const found = await ask({ ...once, object: { ...anything, kind: 'deployments', name: 'web' } });
    const pods = (await nodes()).flatMap(({ object }) => (object.kind === 'Pod' ? [object.name] : []));
    expect(found.map((it) => (it.kind === 'line' ? it.text : it.kind))).toEqual([
      'source',
      'source',
      ...pods.map((name) => `${name} says ***`),
    ]);
    expect(asked).toEqual([
      ['web', 10, false],
      ['web', 10, false],
    ]);
  });

  it('follows all Pods at once, until nobody listens', async () => {
    const open = new Set<string>();
    readLogs = async function* ({ name }, { signal }) {
      open.add(name);
      try {
        yield Buffer.from(`${name}\n`);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        open.delete(name);
      }
    };
    const stop = new AbortController();
    const lines: string[] = [];
    const question = { ...once, follow: true, object: anything };
    for await (const some of agent.core.inspect(question, stop.signal)) {
      lines.push(...some.flatMap((it) => (it.kind === 'line' ? [it.text] : [])));
      if (lines.length === 2) break;
    }
    await until(
      () => open.size,
      (size) => size === 0,
    );
  });

  it('says which container has no log, and gives the others', async () => {
    let asked = 0;
    readLogs = async function* () {
      if (asked++ === 0) throw new KubeApiError(400, 'BadRequest', 'container "web" is waiting to start');
      yield Buffer.from('ready\n');
    };
    const found = await ask(once);
    expect(found.map((it) => it.kind)).toEqual(['source', 'source', 'notice', 'line']);
    await expect(ask({ ...once, container: 'none' })).rejects.toMatchObject({
      message: 'none of its Pods has a container none',
    });
    await expect(
      ask({ ...once, object: { ...anything, kind: 'ConfigMap', name: 'a' } }),
    ).rejects.toMatchObject({ message: 'there are no Pods of ConfigMap a here' });
  });
});

describe('what applying would change', () => {
  let agent: SimulatedAgent;
  const objects = [configMap('a'), configMap('b'), secret];
  const state = (list: readonly object[], more: object = {}) => ({
    assignments: [{ bundle: 'shop', namespace: 'shop', objects: list, ...more }],
  });

  beforeEach(async () => {
    agent = await SimulatedAgent.start();
    await agent.say(state(objects));
    await agent.until('shop', ({ sync }) => sync === 'Synced');
  });
  afterEach(() => agent.stop());

  async function ask(object: Partial<ObjectQuery> = {}) {
    const question = { about: 'differences', bundle: 'shop', object: { ...anything, ...object } } as const;
    const all: Finding[] = [];
    for await (const some of agent.core.inspect(question, new AbortController().signal)) all.push(...some);
    return all.flatMap((it) => (it.kind === 'difference' ? [it.difference] : []));
  }

  it('is told by a dry run, of each object, and nothing is written', async () => {
    expect((await ask()).map(({ change }) => change)).toEqual(['none', 'none', 'none']);
    await agent.say(state([configMap('a', 'other'), configMap('c'), secret], { paused: true }));
    await agent.until('shop', ({ reason }) => reason === 'Paused');
    const found = await ask();
    expect(found.map(({ object, change }) => [object.name, change])).toEqual([
      ['a', 'update'],
      ['c', 'create'],
      ['db', 'none'],
      ['b', 'delete'],
    ]);
    expect(found[0]?.fields).toEqual([
      { path: '/data/value', desired: '"other"', live: '"1"', manager: expect.anything() as string },
    ]);
    expect(await agent.names()).toEqual(['a', 'b']);
    expect((await ask({ kind: 'cm', name: 'a' })).map(({ change }) => change)).toEqual(['update']);
    await expect(ask({ name: 'none' })).rejects.toMatchObject({ because: 'not-found' });
  });

  it('cannot be told of what the API server refuses, nor of what another fleet has', async () => {
    const immutable = { ...configMap('a'), immutable: true };
    await agent.say(state([immutable, configMap('b')]));
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    const metadata = { name: 'foreign', namespace: 'default' };
    const marks = {
      labels: { 'muster.dev/fleet': 'other', 'muster.dev/bundle': 'theirs' },
      annotations: { 'muster.dev/object': '/ConfigMap/default/foreign' },
    };
    const foreign = { ...configMap('foreign'), metadata };
    const bytes = Buffer.from(JSON.stringify({ ...foreign, metadata: { ...metadata, ...marks } }));
    await agent.kube.apply(configMaps, metadata, bytes, { fieldManager: 'muster', force: true });
    const changed = { ...configMap('a', 'other'), immutable: true };
    await agent.say(state([changed, configMap('b'), foreign]));
    await agent.until('shop', ({ objects }) => objects.length === 2);
    const found = await ask();
    expect(found.map(({ object, change, message }) => [object.name, change, message])).toEqual([
      ['a', 'unknown', expect.stringMatching(/^the API server refuses it: .*immutable/) as string],
      ['b', 'none', ''],
      ['foreign', 'unknown', 'it belongs to fleet other (bundle theirs), and stays as it is'],
    ]);
  });

  it('counts no hook that has run, nor does the tree miss it', async () => {
    const hook = {
      ...configMap('once'),
      metadata: {
        name: 'once',
        annotations: { 'muster.dev/hook': 'PreSync', 'muster.dev/hook-delete-policy': 'HookSucceeded' },
      },
    };
    await agent.say(state([configMap('a'), hook], { paused: true }));
    await agent.until('shop', ({ reason }) => reason === 'Paused');
    expect((await ask({ name: 'once' }))[0]).toMatchObject({ change: 'create' });
    await agent.say(state([configMap('a'), hook]));
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    expect((await ask({ name: 'once' }))[0]).toMatchObject({ change: 'none' });
    await until(
      () => agent.names(),
      (names) => !names.includes('once'),
    );
    const tree: Finding[] = [];
    const question = { about: 'tree', bundle: 'shop' } as const;
    for await (const some of agent.core.inspect(question, new AbortController().signal)) tree.push(...some);
    expect(tree.map((it) => it.kind === 'node' && it.node.object.name)).toEqual(['a']);
  });

  it('says of a Secret which fields, and never what is in them', async () => {
    const other = { ...secret, stringData: { password: 'correct horse' } };
    await agent.say(state([configMap('a'), configMap('b'), other], { paused: true }));
    await agent.until('shop', ({ reason }) => reason === 'Paused');
    const [found] = await ask({ kind: 'Secret' });
    expect(found).toMatchObject({
      change: 'update',
      fields: [{ path: '/data/password', desired: '', live: '' }],
    });
  });
});
