import type { Assignment, Drift, FleetObject, Page } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, startApi } from './support/api.ts';
import {
  addBundles,
  addRevision,
  assign,
  connect,
  disconnect,
  enrol,
  report,
  sha,
  statusOf,
} from './support/api-seed.ts';

let api: ApiUnderTest;

const items = async <Item = Drift>(path: string): Promise<readonly Item[]> => {
  const answer = await api.call('GET', `/api/v1/${path}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json<Page<Item>>().items;
};
const shown = (drift: readonly Drift[]) => drift.map((it) => `${it.cluster} ${it.name}${it.field}`);

function object(name: string, reason: string, fields: readonly string[] = [], manager = 'kubectl-edit') {
  return {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name,
    sync: 'OutOfSync',
    health: 'Healthy',
    reason,
    message: `${name} is ${reason}`,
    ...(fields.length > 0 && {
      differences: fields.map((path) => ({ path, desired: '1', live: '2', manager })),
    }),
  };
}

/** eu-1 has drift of all kinds, us-1 had some before it fell silent. */
beforeAll(async () => {
  api = await startApi();
  const { sql } = api.store;
  await addRevision(sql, { sha, message: 'Add web', at: 1_790_000_000_000 });
  await addBundles(
    sql,
    [{ name: 'web' }, { name: 'db' }],
    [{ group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop' }],
  );
  const eu1 = await enrol(sql, 'eu-1', { region: 'eu' });
  const us1 = await enrol(sql, 'us-1', { region: 'us' });
  await assign(sql, [eu1, us1], ['web', 'db']);
  const [one, two] = [
    { id: eu1, session: await connect(sql, eu1, 'eu-1') },
    { id: us1, session: await connect(sql, us1, 'us-1') },
  ];
  const drifted = [
    object('web', 'Drifted', ['/spec/replicas', '/spec/paused', '/metadata/labels/a~1b']),
    object('fought', 'Conflict', ['/spec/replicas'], 'hpa'),
    object('deleted', 'Drifted'),
    object('left', 'Orphaned'),
    object('refused', 'Refused'),
  ];
  await report(sql, [
    statusOf(one, 'web', { sync: 'OutOfSync', objects: drifted, object_problem_count: 5 }),
    statusOf(one, 'db'),
    statusOf(two, 'web', { sync: 'OutOfSync', objects: drifted, object_problem_count: 5 }),
    statusOf(two, 'db'),
  ]);
  await disconnect(sql, us1, two.session, 60_000);
});

afterAll(async () => {
  await api.close();
});

describe('drift', () => {
  it('is a row for each field, and one for an object without any, of clusters that are heard', async () => {
    const drift = await items('drift');
    expect(shown(drift)).toEqual([
      'eu-1 deleted',
      'eu-1 fought/spec/replicas',
      'eu-1 left',
      'eu-1 web/spec/replicas',
      'eu-1 web/spec/paused',
      'eu-1 web/metadata/labels/a~1b',
    ]);
    expect(drift[1]).toEqual({
      cluster: 'eu-1',
      bundle: 'web',
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'fought',
      field: '/spec/replicas',
      desired: '1',
      live: '2',
      manager: 'hpa',
      reason: 'Conflict',
      message: 'fought is Conflict',
    });
  });

  it.each([
    ['manager=hpa', ['eu-1 fought/spec/replicas']],
    ['reason=Orphaned', ['eu-1 left']],
    ['field=/spec/p', ['eu-1 web/spec/paused']],
    ['name=web&field=/spec', ['eu-1 web/spec/replicas', 'eu-1 web/spec/paused']],
    ['bundle=db', []],
    ['cluster=us-1', []],
    ['labelSelector=region%3Dus', []],
    ['labelSelector=region%3Deu&reason=Conflict', ['eu-1 fought/spec/replicas']],
  ])('is filtered by the hub: %s', async (query, found) => {
    expect(shown(await items(`drift?${query}`))).toEqual(found);
  });

  it('comes in pages, none of its rows twice or never', async () => {
    const rows: string[] = [];
    for (let page: string | undefined = ''; page !== undefined;) {
      const answer: Page<Drift> = (
        await api.call('GET', `/api/v1/drift?sort=-name&limit=2${page && `&page=${page}`}`)
      ).json<Page<Drift>>();
      rows.push(...shown(answer.items));
      page = answer.nextPage;
    }
    expect(rows).toEqual([
      'eu-1 web/spec/replicas',
      'eu-1 web/spec/paused',
      'eu-1 web/metadata/labels/a~1b',
      'eu-1 left',
      'eu-1 fought/spec/replicas',
      'eu-1 deleted',
    ]);
  });

  it('stands with the assignment and with the object', async () => {
    const [assignment] = await items<Assignment>('assignments?cluster=eu-1&bundle=web');
    expect(assignment?.objects[0]?.differences).toHaveLength(3);
    const [web] = await items<FleetObject>('objects?cluster=eu-1&bundle=web&name=web');
    expect(web?.differences?.[0]).toEqual({
      path: '/spec/replicas',
      desired: '1',
      live: '2',
      manager: 'kubectl-edit',
    });
    const [refused] = await items<FleetObject>('objects?cluster=eu-1&name=refused');
    expect(refused).not.toHaveProperty('differences');
    const [silent] = await items<FleetObject>('objects?cluster=us-1&bundle=web&name=web');
    expect(silent).not.toHaveProperty('differences');
  });
});
