import type {
  Assignment,
  Bundle,
  Cluster,
  FleetEvent,
  FleetObject,
  FleetStatus,
  Page,
  ProblemDetails,
  Revision,
} from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChangeRepository, ClusterRepository, type Sql } from '@muster/store';
import { type ApiUnderTest, startApi } from './support/api.ts';
import {
  addBundles,
  addRevision,
  assign,
  connect,
  disconnect,
  enrol,
  formerDigest,
  report,
  sha,
  statusOf,
} from './support/api-seed.ts';

let api: ApiUnderTest;
let sql: Sql;

const items = async <Item>(path: string): Promise<readonly Item[]> => {
  const answer = await api.call('GET', `/api/v1/${path}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json<Page<Item>>().items;
};
const names = async (path: string) => (await items<{ name: string }>(path)).map((it) => it.name);

/** eu-1 is as it should be; eu-2 has trouble; us-1 has fallen silent; ap-1 is only declared. */
beforeAll(async () => {
  api = await startApi();
  sql = api.store.sql;
  await addRevision(sql, { sha, message: 'Add web and db', at: 1_790_000_000_000 });
  await addBundles(
    sql,
    [
      { name: 'web', labels: { team: 'shop' } },
      { name: 'db' },
      { name: 'broken', failing: 'tabs are no YAML' },
    ],
    [
      { kind: 'ConfigMap', name: 'settings', namespace: 'shop' },
      { group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop', images: ['nginx:1.27'] },
    ],
  );
  await new ChangeRepository(sql).addEvents([
    { by: 'admin', kind: 'Paused', message: 'paused bundle web: fire', bundle: 'web' },
    { by: 'cluster eu-1', kind: 'ClusterEnrolled', message: 'cluster eu-1 enrolled', cluster: 'eu-1' },
    { by: 'commit c0ffee', kind: 'BundleHeld', message: 'bundle broken does not render', bundle: 'broken' },
  ]);
  await new ClusterRepository(sql).declare([
    {
      name: 'ap-1',
      labels: { region: 'ap' },
      declared: { annotations: { owner: 'ada' }, definedIn: { file: 'fleet/clusters.muster.yaml', line: 4 } },
    },
  ]);
  const eu1 = await enrol(sql, 'eu-1', { region: 'eu', env: 'prod' });
  const eu2 = await enrol(sql, 'eu-2', { region: 'eu', env: 'test' });
  const us1 = await enrol(sql, 'us-1', { region: 'us' });
  await assign(sql, [eu1, eu2, us1], ['web', 'db']);
  const [one, two, three] = [
    { id: eu1, session: await connect(sql, eu1, 'eu-1') },
    { id: eu2, session: await connect(sql, eu2, 'eu-2') },
    { id: us1, session: await connect(sql, us1, 'us-1') },
  ];
  const broken = {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    sync: 'Synced',
    health: 'Degraded',
    reason: 'Unavailable',
    message: 'no pod is ready',
  };
  const leftOver = {
    ...broken,
    kind: 'Secret',
    group: '',
    name: 'old',
    sync: 'OutOfSync',
    health: 'Healthy',
    reason: 'PruneHeld',
  };
  await report(sql, [
    statusOf(one, 'web'),
    statusOf(one, 'db'),
    statusOf(two, 'web', {
      health: 'Degraded',
      message: '1 of 2 objects is not healthy',
      objects: [broken, leftOver],
      object_problem_count: 2,
    }),
    statusOf(two, 'db', { manifest_digest: formerDigest }),
    statusOf(three, 'web'),
    statusOf(three, 'db'),
  ]);
  await disconnect(sql, us1, three.session, 60_000);
});

afterAll(async () => {
  await api.close();
});

describe('clusters', () => {
  it('are as well as the worst of their assignments, and Unknown once they are silent for a lease', async () => {
    const clusters = await items<Cluster>('clusters');
    expect(clusters.map((it) => [it.name, it.connected, it.sync, it.health, it.assignments])).toEqual([
      ['ap-1', false, 'Unknown', 'Unknown', { total: 0, synced: 0, healthy: 0 }],
      ['eu-1', true, 'Synced', 'Healthy', { total: 2, synced: 2, healthy: 2 }],
      ['eu-2', true, 'OutOfSync', 'Degraded', { total: 2, synced: 1, healthy: 1 }],
      ['us-1', false, 'Unknown', 'Unknown', { total: 2, synced: 0, healthy: 0 }],
    ]);
  });

  it('tell where their labels come from and where they are declared', async () => {
    const declared = (await api.call('GET', '/api/v1/clusters/ap-1')).json<Cluster>();
    expect(declared).toMatchObject({
      labels: { region: 'ap' },
      labelSources: { region: 'Git' },
      annotations: { owner: 'ada' },
      definedIn: { file: 'fleet/clusters.muster.yaml', line: 4 },
      enrolledAt: null,
      lastSeen: null,
    });
    const joined = (await api.call('GET', '/api/v1/clusters/eu-1')).json<Cluster>();
    expect(joined).toMatchObject({
      labelSources: { region: 'Token' },
      kubernetesVersion: 'v1.36.3',
      desired: { epoch: 1, generation: 1 },
      applied: null,
    });
  });

  it.each([
    ['labelSelector=region%3Deu', ['eu-1', 'eu-2']],
    ['labelSelector=region%20in%20(eu,us),env!%3Dprod', ['eu-2', 'us-1']],
    ['labelSelector=!env', ['ap-1', 'us-1']],
    ['labelSelector=env', ['eu-1', 'eu-2']],
    ['connected=false', ['ap-1', 'us-1']],
    ['sync=Unknown,OutOfSync&health=Degraded', ['eu-2']],
    ['name=eu-1&name=us-1', ['eu-1', 'us-1']],
    ['sort=health,-name', ['eu-2', 'us-1', 'ap-1', 'eu-1']],
    ['sort=-lastSeen&name=us-1,ap-1', ['us-1', 'ap-1']],
  ])('are found and sorted by %s', async (query, expected) => {
    expect(await names(`clusters?${query}`)).toEqual(expected);
  });

  it('are called by page in any order, each once', async () => {
    for (const sort of ['name', '-name', 'sync,-name', 'lastSeen', '-connected,health']) {
      const all = await names(`clusters?sort=${sort}`);
      const paged: string[] = [];
      let page: string | undefined;
      do {
        const path = `/api/v1/clusters?sort=${sort}&limit=1${page === undefined ? '' : `&page=${page}`}`;
        const answer = (await api.call('GET', path)).json<Page<Cluster>>();
        paged.push(...answer.items.map((it) => it.name));
        page = answer.nextPage;
      } while (page !== undefined);
      expect(paged, sort).toEqual(all);
    }
  });
});

describe('bundles', () => {
  it('count their clusters and tell why they do not render', async () => {
    const bundles = await items<Bundle>('bundles');
    expect(
      bundles.map((it) => [it.name, it.state, it.targets, it.synced, it.healthy, it.sync, it.health]),
    ).toEqual([
      ['broken', 'Failing', 0, 0, 0, 'Unknown', 'Unknown'],
      ['db', 'Good', 3, 1, 2, 'OutOfSync', 'Unknown'],
      ['web', 'Good', 3, 2, 1, 'Unknown', 'Degraded'],
    ]);
    expect(bundles[0]).toMatchObject({ revision: null, problems: [{ message: 'tabs are no YAML' }] });
    expect(bundles[2]).toMatchObject({
      revision: sha,
      source: { kind: 'manifests', path: 'bundles/web' },
      definedIn: { file: 'fleet/muster.yaml', line: 7 },
    });
  });

  it('are found by their own labels', async () => {
    expect(await names('bundles?labelSelector=team%3Dshop')).toEqual(['web']);
    expect(await names('bundles?state=Failing')).toEqual(['broken']);
  });
});

describe('assignments', () => {
  it('keep what a silent cluster last said beside the Unknown', async () => {
    const silent = (await api.call('GET', '/api/v1/assignments/us-1/web')).json<Assignment>();
    expect(silent).toMatchObject({ sync: 'Unknown', health: 'Unknown', reason: 'Silent' });
    expect(silent.lastKnown).toMatchObject({ sync: 'Synced', health: 'Healthy' });
    const heard = (await api.call('GET', '/api/v1/assignments/eu-1/web')).json<Assignment>();
    expect(heard).toMatchObject({ sync: 'Synced', health: 'Healthy', lastKnown: null, objectCount: 2 });
  });

  it('are OutOfSync while the cluster speaks of a former manifest', async () => {
    const [behind] = await items<Assignment>('assignments?cluster=eu-2&bundle=db');
    expect(behind).toMatchObject({ sync: 'OutOfSync', reason: 'Waiting' });
  });

  it('are found by the labels of clusters, the worst first', async () => {
    const found = await items<Assignment>('assignments?labelSelector=region%3Deu&sort=health,cluster');
    expect(found.map((it) => `${it.cluster}/${it.bundle} ${it.health}`)).toEqual([
      'eu-2/web Degraded',
      'eu-1/db Healthy',
      'eu-1/web Healthy',
      'eu-2/db Healthy',
    ]);
  });
});

describe('objects', () => {
  it('are those of the manifest, with what the cluster says of each, and those that are still owned', async () => {
    const objects = await items<FleetObject>('objects?cluster=eu-2&bundle=web');
    expect(objects.map((it) => [it.kind, it.namespace, it.name, it.sync, it.health, it.reason])).toEqual([
      ['ConfigMap', 'shop', 'settings', 'Synced', 'Healthy', ''],
      ['Deployment', 'shop', 'web', 'Synced', 'Degraded', 'Unavailable'],
      ['Secret', 'shop', 'old', 'OutOfSync', 'Healthy', 'PruneHeld'],
    ]);
  });

  it('are Unknown where the cluster is silent or speaks of another manifest', async () => {
    const objects = await items<FleetObject>('objects?kind=ConfigMap');
    expect(objects.map((it) => [it.cluster, it.bundle, it.sync, it.reason])).toEqual([
      ['eu-1', 'db', 'Synced', ''],
      ['eu-1', 'web', 'Synced', ''],
      ['eu-2', 'db', 'Unknown', 'Waiting'],
      ['eu-2', 'web', 'Synced', ''],
      ['us-1', 'db', 'Unknown', 'Silent'],
      ['us-1', 'web', 'Unknown', 'Silent'],
    ]);
  });

  it('are found by their image, with or without its tag', async () => {
    expect(await items('objects?image=nginx&cluster=eu-1')).toHaveLength(2);
    expect(await items('objects?image=nginx:1.27&cluster=eu-1')).toHaveLength(2);
    expect(await items('objects?image=ngin')).toHaveLength(0);
  });

  it('are called by page, each once', async () => {
    const all = (await items<FleetObject>('objects')).map((it) =>
      [it.cluster, it.bundle, it.kind, it.name].join(),
    );
    const first = (await api.call('GET', '/api/v1/objects?limit=5')).json<Page<FleetObject>>();
    const second = (await api.call('GET', `/api/v1/objects?limit=1000&page=${first.nextPage!}`)).json<
      Page<FleetObject>
    >();
    const paged = [...first.items, ...second.items].map((it) =>
      [it.cluster, it.bundle, it.kind, it.name].join(),
    );
    expect(paged).toEqual(all);
    expect(second.nextPage).toBeUndefined();
  });
});

describe('events', () => {
  const messages = async (path: string) => (await items<FleetEvent>(path)).map((it) => it.message);

  it('tell who did what, the latest first, of what is asked for', async () => {
    expect(await messages('events')).toEqual([
      'bundle broken does not render',
      'cluster eu-1 enrolled',
      'paused bundle web: fire',
    ]);
    expect(await messages('events?cluster=eu-1')).toEqual(['cluster eu-1 enrolled']);
    const [paused] = await items<FleetEvent>('events?bundle=web,db&type=Paused');
    expect(paused).toMatchObject({ type: 'Paused', by: 'admin', cluster: null, bundle: 'web' });
  });

  it('are called by page, each once', async () => {
    const first = (await api.call('GET', '/api/v1/events?limit=2')).json<Page<FleetEvent>>();
    expect(await messages(`events?limit=2&page=${first.nextPage!}`)).toEqual(['paused bundle web: fire']);
  });
});

describe('revisions and the fleet', () => {
  it('tell of the newest commit, good or refused', async () => {
    await addRevision(sql, { sha: 'bad'.padEnd(40, '0'), at: 1_790_000_001_000 }, 'unknown field "trgets"');
    const [newest, good] = await items<Revision>('revisions');
    expect(newest).toMatchObject({ state: 'Refused', problems: [{ message: 'unknown field "trgets"' }] });
    expect(good).toMatchObject({ sha, state: 'Good', message: 'Add web and db' });
    expect((await api.call('GET', '/api/v1/revisions/c0ffee')).json<Revision>().sha).toBe(sha);
  });

  it('name what a person should look at', async () => {
    const status = (await api.call('GET', '/api/v1/status')).json<FleetStatus>();
    expect(status.clusters).toMatchObject({
      total: 4,
      connected: 2,
      sync: { Synced: 1, OutOfSync: 1, Unknown: 2 },
    });
    expect(status.assignments).toMatchObject({ total: 6, sync: { Synced: 3, OutOfSync: 1, Unknown: 2 } });
    expect(status.bundles).toEqual({ total: 3, failing: 1, paused: 0 });
    expect(status.goodRevision?.sha).toBe(sha);
    expect(status.attention.map((it) => `${it.kind} ${it.name}: ${it.message}`)).toEqual([
      `Revision ${'bad'.padEnd(40, '0')}: fleet/muster.yaml:3: spec: unknown field "trgets"`,
      'Bundle broken: tabs are no YAML',
      'Cluster us-1: It is silent: nothing is known of it now.',
      'Assignment web on eu-2: 1 of 2 objects is not healthy',
    ]);
  });
});

describe('a wrong query', () => {
  it.each([
    ['clusters?sort=age', 'sort', /name, sync, health, connected, lastSeen/],
    ['clusters?sync=synced', 'sync', /Synced, OutOfSync, Unknown/],
    ['clusters?colour=red', 'colour', /no such parameter/],
    ['clusters?limit=0', 'limit', /./],
    ['clusters?labelSelector=a%3D%3D%3Db', 'labelSelector', /can't be read/],
    ['clusters?page=nonsense', 'page', /nextPage/],
    ['revisions?labelSelector=a', 'labelSelector', /no labels/],
  ])('%s is refused, naming %s', async (path, field, message) => {
    const answer = await api.call('GET', `/api/v1/${path}`);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = answer.json<ProblemDetails>();
    expect(problem.errors?.[0]).toMatchObject({ field });
    expect(problem.errors?.[0]?.message).toMatch(message);
  });

  it('is refused also when its page belongs to another order, or its keys are no values', async () => {
    const { nextPage } = (await api.call('GET', '/api/v1/clusters?limit=1')).json<Page<Cluster>>();
    expect((await api.call('GET', `/api/v1/clusters?sort=health&page=${nextPage!}`)).status).toBe(400);
    const forged = Buffer.from(JSON.stringify([1, 'clusters', 'lastSeen', 'yesterday-ish', 'x'])).toString(
      'base64url',
    );
    expect((await api.call('GET', `/api/v1/clusters?sort=lastSeen&page=${forged}`)).status).toBe(400);
  });
});
