import type { FleetObject, Page } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '@muster/store';
import { type ApiUnderTest, startApi } from './support/api.ts';
import { addBundles, assign, connect, enrol, report, statusOf } from './support/api-seed.ts';

let api: ApiUnderTest;
let sql: Sql;

/** `Kind namespace name reason`. */
async function objects(query: string): Promise<string[]> {
  const answer = await api.call('GET', `/api/v1/objects?${query}`);
  return answer
    .json<Page<FleetObject>>()
    .items.map((it) => [it.kind, it.namespace || '-', it.name, it.reason].join(' ').trim());
}

beforeAll(async () => {
  api = await startApi();
  sql = api.store.sql;
  await addBundles(
    sql,
    [{ name: 'web', namespace: 'shop' }, { name: 'db' }],
    [
      { kind: 'ConfigMap', name: 'unnamed' },
      { kind: 'ConfigMap', name: 'named', namespace: 'other' },
      { kind: 'Namespace', name: 'shop' },
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader', namespace: 'other' },
      { group: 'example.com', kind: 'Galaxy', name: 'andromeda' },
    ],
  );
  const id = await enrol(sql, 'eu-1');
  await assign(sql, [id], ['web', 'db']);
  const session = await connect(sql, id, 'eu-1');
  const said = { version: 'v1', sync: 'OutOfSync', health: 'Healthy', reason: 'Conflict', message: '' };
  await report(sql, [
    statusOf({ id, session }, 'web', {
      objects: [
        { ...said, group: '', kind: 'ConfigMap', namespace: 'shop', name: 'unnamed' },
        { ...said, group: 'example.com', kind: 'Galaxy', namespace: '', name: 'andromeda' },
      ],
      object_problem_count: 2,
    }),
    statusOf({ id, session }, 'db'),
  ]);
});

afterAll(() => api.close());

describe('an object has the namespace that it is applied to', () => {
  it("its own, else its bundle's; none where its kind has none; and what the agent says, where it does", async () => {
    expect(await objects('bundle=web')).toEqual([
      'ClusterRole - reader',
      'ConfigMap other named',
      'ConfigMap shop unnamed Conflict',
      'Galaxy - andromeda Conflict',
      'Namespace - shop',
    ]);
  });

  it('the namespace default, where the bundle has none either', async () => {
    expect(await objects('bundle=db&kind=ConfigMap')).toEqual([
      'ConfigMap default unnamed',
      'ConfigMap other named',
    ]);
  });

  it('and is found by it', async () => {
    expect(await objects('namespace=shop')).toEqual(['ConfigMap shop unnamed Conflict']);
  });
});
