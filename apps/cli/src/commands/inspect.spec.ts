import type { BundleDifferences, BundleTree, KubernetesEvents, LogEntry, TreeNode } from '@muster/api';
import { describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';

const of = { cluster: 'eu-1', bundle: 'checkout' };
const base = 'assignments/eu-1/checkout';

function node(
  kind: string,
  name: string,
  uid: string,
  parentUid = '',
  more: Partial<TreeNode> = {},
): TreeNode {
  return {
    group: '',
    version: 'v1',
    kind,
    namespace: 'checkout',
    name,
    uid,
    parentUid,
    health: 'Healthy',
    message: 'fine',
    createdAt: '2026-11-21T11:55:00.000Z',
    terminating: false,
    ...more,
  };
}

const tree: BundleTree = {
  ...of,
  nodes: [
    node('Deployment', 'web', '1'),
    node('ReplicaSet', 'web-5d', '2', '1'),
    node('Pod', 'web-5d-a', '3', '2', { health: 'Degraded', message: 'container web\u001b[2J ends' }),
    node('Pod', 'web-5d-b', '4', '2', { terminating: true }),
    node('Job', 'migrate', '', '', {
      health: 'Missing',
      message: 'it is not in the cluster',
      createdAt: null,
    }),
  ],
  notices: ['the agent may not read secrets in checkout'],
};

describe('muster tree', () => {
  test('shows what a bundle has in a cluster, and what that owns', async () => {
    await using hub = await startFakeHub(() => ({ json: tree }));
    const { stdout, stderr } = await runCli(['tree', 'checkout', '--cluster', 'eu-1'], hub);
    expect(stdout).toBe(`OBJECT                    HEALTH              AGE   MESSAGE
Deployment checkout/web   Healthy             5m
└─ ReplicaSet web-5d      Healthy             5m
   ├─ Pod web-5d-a        Degraded            5m    container web [2J ends
   └─ Pod web-5d-b        Healthy (leaving)   5m
Job checkout/migrate      Missing                   it is not in the cluster
`);
    expect(stderr).toBe('Note: the agent may not read secrets in checkout\n');
    expect(hub.requests.map((it) => it.path)).toEqual([`${base}/tree`]);
  });

  test('is all there is as JSON, and only the manifest for `get objects --live`', async () => {
    await using hub = await startFakeHub(() => ({ json: tree }));
    const json = await runCli(['tree', 'checkout', '--cluster', 'eu-1', '-o', 'json'], hub);
    expect(JSON.parse(json.stdout)).toEqual(tree);
    const live = ['get', 'objects', '--live', '--cluster', 'eu-1', '--bundle', 'checkout'];
    const { stdout } = await runCli([...live, '--kind', 'deployment'], hub);
    expect(stdout).toBe(`OBJECT                    HEALTH    AGE   MESSAGE
Deployment checkout/web   Healthy   5m
`);
    expect((await runCli(['get', 'objects', '--live'], hub)).stderr).toContain('--cluster NAME');
  });

  test('says what to do where the cluster is not connected', async () => {
    const detail = 'Cluster "eu-1" is not connected to the hub, so it can\'t be asked.';
    await using hub = await startFakeHub(() => ({ problem: 503, detail }));
    const { exitCode, stderr } = await runCli(['tree', 'checkout', '--cluster', 'eu-1'], hub);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `muster: ${detail}\n` });
    expect((await runCli(['tree', 'checkout'], hub)).stderr).toContain('--cluster');
  });
});

describe('muster logs', () => {
  const source = { namespace: 'checkout', pod: 'web-a', container: 'web' };
  const line = (pod: string, text: string): LogEntry => ({ type: 'line', ...source, pod, text });

  test('prints what one container writes as it is, without what moves the cursor', async () => {
    const entries: LogEntry[] = [{ type: 'source', ...source }, line('web-a', 'a\tb\u001b[2J')];
    await using hub = await startFakeHub(() => ({ lines: entries }));
    const args = ['logs', 'checkout', 'deploy.apps/web', '--cluster', 'eu-1', '--tail', 'all'];
    const { stdout, exitCode } = await runCli([...args, '-c', 'web', '-f', '--since', '5m'], hub);
    expect({ stdout, exitCode }).toEqual({ stdout: 'a\tb[2J\n', exitCode: 0 });
    expect(hub.requests[0]?.path).toBe(
      `${base}/logs?kind=deploy&group=apps&name=web&container=web&follow=true&tailLines=0&sinceSeconds=300`,
    );
    const json = await runCli([...args, '-o', 'json'], hub);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((it) => JSON.parse(it) as unknown),
    ).toEqual(entries);
  });

  test('says which container a line is of where there are several', async () => {
    const entries: LogEntry[] = [
      { type: 'source', ...source },
      { type: 'source', ...source, pod: 'web-b' },
      line('web-a', 'one'),
      { type: 'notice', message: 'container web of Pod web-b: waiting to start' },
    ];
    await using hub = await startFakeHub(() => ({ lines: entries }));
    const { stdout, stderr } = await runCli(['logs', 'checkout', '--cluster', 'eu-1'], hub);
    expect(stdout).toBe('[web-a/web] one\n');
    expect(stderr).toBe('Note: container web of Pod web-b: waiting to start\n');
  });

  test('fails where nothing can be read, and where it breaks off', async () => {
    await using none = await startFakeHub(() => ({ lines: [{ type: 'notice', message: 'waiting' }] }));
    expect((await runCli(['logs', 'checkout', '--cluster', 'eu-1'], none)).exitCode).toBe(1);
    await using broken = await startFakeHub(() => ({
      lines: [line('web-a', 'so far'), { type: 'error', message: 'the agent left' }],
    }));
    const answer = await runCli(['logs', 'checkout', '--cluster', 'eu-1'], broken);
    expect(answer).toEqual({ exitCode: 1, stdout: 'so far\n', stderr: 'muster: the agent left\n' });
    const wrong = await runCli(['logs', 'checkout', 'a/b/c', '--cluster', 'eu-1'], broken);
    expect(wrong.stderr).toContain('"a/b/c" names no object');
    expect((await runCli(['logs', 'b', '--cluster', 'c', '--tail', 'x'], broken)).exitCode).toBe(2);
    expect((await runCli(['logs', 'b', '--cluster', 'c', '-f', '-p'], broken)).exitCode).toBe(2);
  });
});

describe('muster diff --live', () => {
  const ref = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'checkout' };
  const nothing = { fields: [], message: '' };
  const differences: BundleDifferences['differences'] = [
    { ...ref, name: 'same', change: 'None', ...nothing },
    { ...ref, name: 'new', change: 'Create', fields: [], message: 'it is not in the cluster' },
    {
      ...ref,
      name: 'other',
      change: 'Update',
      fields: [
        { path: '/data/replicas', desired: '"3"', live: '"5"', manager: 'kubectl-edit' },
        { path: '/data/gone', desired: '', live: '"x"', manager: '' },
        { path: '/data/secret', desired: '', live: '', manager: '' },
      ],
      message: '',
    },
  ];
  const args = ['diff', 'checkout', '--live', '--cluster', 'eu-1'];

  test('shows what applying would change, and exits with 1', async () => {
    await using hub = await startFakeHub(() => ({ json: { ...of, differences, notices: [] } }));
    const { stdout, exitCode } = await runCli(args, hub);
    expect(stdout).toBe(`+ ConfigMap checkout/new: it is not in the cluster
~ ConfigMap checkout/other
    /data/replicas: "5" → "3"   (by kubectl-edit)
    /data/gone: "x" → (none)
    /data/secret
`);
    expect(exitCode).toBe(1);
  });

  test('exits with 0 where there is nothing, and with 2 where it cannot be told', async () => {
    let answer = differences.slice(0, 1);
    await using hub = await startFakeHub(() => ({ json: { ...of, differences: answer, notices: [] } }));
    expect(await runCli(args, hub)).toMatchObject({
      exitCode: 0,
      stdout: '1 object as the manifest says: applying would change nothing.\n',
    });
    answer = [{ ...ref, name: 'w', change: 'Unknown', fields: [], message: 'refused' }];
    expect(await runCli(args, hub)).toMatchObject({
      exitCode: 2,
      stdout: '? ConfigMap checkout/w: refused\n',
    });
    expect((await runCli(['diff', 'checkout', '--cluster', 'eu-1'], hub)).stderr).toContain('--live');
  });
});

const events: KubernetesEvents = {
  ...of,
  events: [
    {
      group: '',
      version: 'v1',
      kind: 'Pod',
      namespace: 'checkout',
      name: 'web-a',
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting',
      count: 3,
      firstAt: null,
      lastAt: '2026-11-21T11:58:00.000Z',
      source: 'kubelet',
    },
  ],
  notices: [],
};

test("muster events BUNDLE shows Kubernetes' events of a cluster", async () => {
  await using hub = await startFakeHub(() => ({ json: events }));
  const { stdout } = await runCli(['events', 'checkout', 'pod/web-a', '--cluster', 'eu-1'], hub);
  expect(stdout).toBe(`AGE   TYPE      REASON    OBJECT               COUNT   MESSAGE
2m    Warning   BackOff   Pod checkout/web-a   3       Back-off restarting
`);
  expect(hub.requests[0]?.path).toBe(`${base}/events?kind=pod&name=web-a`);
  const { stderr } = await runCli(['events', 'checkout'], hub);
  expect(stderr).toContain('muster events --bundle checkout');
});

test('muster describe object shows an object as it is, what it owns, and what was told of it', async () => {
  const object = { kind: 'Deployment', metadata: { labels: { app: 'web' }, generation: 3 } };
  const differences = [{ ...tree.nodes[0]!, change: 'None', fields: [], message: '' }];
  const answers: Readonly<Record<string, unknown>> = {
    object: { ...of, node: tree.nodes[0], object },
    tree,
    events,
    differences: { ...of, differences, notices: [] },
  };
  await using hub = await startFakeHub(({ path }) => ({
    json: answers[path.replace(`${base}/`, '').split('?', 1)[0]!],
  }));
  const args = ['describe', 'object', 'deploy/web', '--cluster', 'eu-1', '--bundle', 'checkout'];
  const { stdout } = await runCli(args, hub);
  expect(stdout).toContain('Kind:        Deployment (v1)\nName:        web\n');
  expect(stdout).toContain('Generation:  3\nLabels:      app=web\n');
  expect(stdout).toContain('ReplicaSet web-5d');
  expect(stdout).toContain('applying would change nothing');
  expect(stdout).toContain('Back-off restarting');
  expect(JSON.parse((await runCli([...args, '-o', 'json'], hub)).stdout)).toEqual(object);
  expect((await runCli(['describe', 'object', 'deploy/web'], hub)).exitCode).toBe(2);
});

test.each([
  [['describe', 'cluster', 'eu-1', '-o', 'json'], 'muster get cluster eu-1 -o yaml'],
  [['describe', 'bundle', 'checkout', '--cluster', 'eu-1'], 'are for objects'],
  [['events', 'checkout', '--cluster', 'eu-1', '--watch'], "the hub's own events"],
  [['events', 'checkout', '--cluster', 'eu-1', '-o', 'name'], "the hub's own events"],
  [['get', 'objects', '--live', '--cluster', 'eu-1', '--bundle', 'checkout', '-o', 'name'], 'only --kind'],
  [['get', 'objects', 'x', '--live', '--cluster', 'eu-1', '--bundle', 'checkout'], 'only --kind'],
  [['get', 'objects', '--live', '--cluster', 'eu-1', '--bundle', 'checkout', '--limit', '1'], 'only --kind'],
])('%j is refused, because nothing that is said is ignored', async (args, words) => {
  await using hub = await startFakeHub(() => ({ json: {} }));
  const { exitCode, stderr } = await runCli(args, hub);
  expect({ exitCode, requests: hub.requests }).toEqual({ exitCode: 2, requests: [] });
  expect(stderr).toContain(words);
});
