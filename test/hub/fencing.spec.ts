import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ClusterRepository,
  type DesiredRow,
  GarbageRepository,
  HubRepository,
  openStore,
  type Plan,
  PlanFencedError,
  PlanRepository,
  StatusRepository,
  type StatusRow,
  type Store,
} from '@muster/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const cluster = 'aaaaaaaa-0000-4000-8000-000000000001';
const replica = 'bbbbbbbb-0000-4000-8000-000000000002';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-fencing-'));
  store = await openStore({ dataDir: folder });
  await new HubRepository(store.sql).ensureHub('cccccccc-0000-4000-8000-000000000003');
  await new ClusterRepository(store.sql).enrol({
    id: cluster,
    name: 'eu-1',
    uid: 'uid',
    keyId: 'key',
    joinToken: 'token',
    tokenLabels: {},
    certificateNotAfter: 0,
  });
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function desired(generation: bigint, contentDigest: string): DesiredRow {
  return {
    epoch: 1n,
    generation,
    contentDigest,
    baseDigest: contentDigest,
    baseGeneration: generation,
    consents: [],
  };
}

function plan(former: bigint | undefined, next: bigint, contentDigest: string): Plan {
  return {
    contents: [{ digest: contentDigest, data: Buffer.from(contentDigest), manifestDigests: [] }],
    changes: [
      {
        clusterId: cluster,
        former: former === undefined ? undefined : { epoch: 1n, generation: former },
        next: desired(next, contentDigest),
      },
    ],
    assignments: [],
    consumedConsents: [],
    revisionSeq: 0n,
  };
}

describe('two planners (invariant 13)', () => {
  test('one stores, and the other, who planned from the same, changes nothing', async () => {
    const plans = new PlanRepository(store.sql);
    await plans.store(plan(undefined, 1n, 'first'));
    await plans.store(plan(1n, 2n, 'winner'));
    await expect(plans.store(plan(1n, 2n, 'loser'))).rejects.toThrow(PlanFencedError);
    expect((await plans.clusters())[0]?.desired).toMatchObject({ generation: 2n, contentDigest: 'winner' });
    expect(await plans.content('loser')).toBeUndefined();
  });

  test('a first plan is stored once', async () => {
    await expect(new PlanRepository(store.sql).store(plan(undefined, 1n, 'again'))).rejects.toThrow(
      PlanFencedError,
    );
  });

  test('a cluster that was removed meanwhile gets nothing', async () => {
    const plans = new PlanRepository(store.sql);
    await store.sql.rows('update clusters set removed_at = now()');
    await expect(plans.store(plan(2n, 3n, 'late'))).rejects.toThrow(PlanFencedError);
    await store.sql.rows('update clusters set removed_at = null');
  });
});

describe('two sessions of one cluster (invariant 13)', () => {
  const opening = {
    clusterId: cluster,
    keyId: 'key',
    uid: 'uid',
    agentVersion: '1',
    features: [],
    facts: undefined,
  };

  function status(session: bigint, sync: string): StatusRow {
    return {
      ...{ cluster_id: cluster, bundle: 'checkout', session: session.toString(), sequence: '1' },
      ...{
        manifest_digest: 'd',
        epoch: '1',
        generation: '2',
        sync,
        health: 'Healthy',
        reason: '',
        message: '',
      },
      ...{ objects: null, object_count: 1, object_problem_count: 0, warnings: [], observed_at: 1 },
    };
  }

  const batch = (statuses: StatusRow[]) => ({ statuses, gone: [], complete: [], applied: [] });
  const known = async () =>
    (await store.sql.first<{ sync: string }>('select sync from assignment_statuses'))?.sync;

  test('the number only grows, and the older can say nothing any more', async () => {
    const clusters = new ClusterRepository(store.sql);
    const [older] = await clusters.openSessions(replica, [opening]);
    const [newer] = await clusters.openSessions(replica, [opening]);
    expect(newer!.session).toBe(older!.session + 1n);
    const statuses = new StatusRepository(store.sql);
    await statuses.write(batch([status(newer!.session, 'Synced')]));
    await statuses.write(batch([status(older!.session, 'OutOfSync')]));
    expect(await known()).toBe('Synced');
  });

  test("the older one's end does not end the newer", async () => {
    const clusters = new ClusterRepository(store.sql);
    const [older] = await clusters.openSessions(replica, [opening]);
    await clusters.openSessions(replica, [opening]);
    await clusters.closeSessions([{ clusterId: cluster, session: older!.session, lastSeen: 0 }]);
    const row = await store.sql.first<{ session_replica: string }>('select session_replica from clusters');
    expect(row?.session_replica).toBe(replica);
  });

  test('another key or another cluster behind the same key opens none', async () => {
    const clusters = new ClusterRepository(store.sql);
    expect(await clusters.openSessions(replica, [{ ...opening, keyId: 'other' }])).toEqual([]);
    expect(await clusters.openSessions(replica, [{ ...opening, uid: 'other' }])).toEqual([]);
  });
});

describe('what nothing refers to', () => {
  const day = 24 * 3_600_000;
  const at = (days: number) => new Date(Date.UTC(2030, 0, 1) + days * day);
  const contents = async () =>
    (await store.sql.rows<{ digest: string }>('select digest from desired_contents order by digest')).map(
      (it) => it.digest,
    );

  test('is deleted a day after its last reference, and not before', async () => {
    const garbage = new GarbageRepository(store.sql);
    expect(await contents()).toEqual(['first', 'winner']);
    await garbage.collect(at(0), at(-1));
    await garbage.collect(at(0.9), at(-0.1));
    expect(await contents()).toEqual(['first', 'winner']);
    expect(await garbage.collect(at(1.1), at(0.1))).toMatchObject({ contents: 1 });
    expect(await contents()).toEqual(['winner']);
  });

  test('is kept when it is referred to again in time', async () => {
    const plans = new PlanRepository(store.sql);
    const garbage = new GarbageRepository(store.sql);
    await plans.store(plan(2n, 3n, 'third'));
    await garbage.collect(at(2), at(1));
    await plans.store(plan(3n, 4n, 'winner'));
    await garbage.collect(at(3.5), at(2.5));
    expect(await contents()).toEqual(['third', 'winner']);
  });
});
