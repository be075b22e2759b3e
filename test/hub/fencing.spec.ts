import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ClusterRepository,
  type DesiredRow,
  GarbageRepository,
  HubRepository,
  isTaken,
  type NewestRevision,
  openStore,
  type Plan,
  PlanFencedError,
  PlanRepository,
  RevisionRepository,
  RevisionSupersededError,
  SessionRepository,
  StatusRepository,
  type StatusRow,
  type Store,
} from '@muster/store';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assign, connect, enrol } from './support/api-seed.ts';
import { replica as seedReplica } from './support/api.ts';

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

type Unnumbered = Omit<Plan, 'after'>;

/** Stores a plan whose input was read just now. */
async function storeNow(plan: Unnumbered): Promise<bigint> {
  const plans = new PlanRepository(store.sql);
  return plans.store({ ...plan, after: await plans.planSeq() });
}

function plan(former: bigint | undefined, next: bigint, contentDigest: string): Unnumbered {
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
    await storeNow(plan(undefined, 1n, 'first'));
    await storeNow(plan(1n, 2n, 'winner'));
    await expect(storeNow(plan(1n, 2n, 'loser'))).rejects.toThrow(PlanFencedError);
    expect((await plans.clusters())[0]?.desired).toMatchObject({ generation: 2n, contentDigest: 'winner' });
    expect(await plans.content('loser')).toBeUndefined();
  });

  test('a first plan is stored once', async () => {
    await expect(storeNow(plan(undefined, 1n, 'again'))).rejects.toThrow(PlanFencedError);
  });

  test('a cluster that was removed meanwhile gets nothing', async () => {
    await store.sql.rows('update clusters set removed_at = now()');
    await expect(storeNow(plan(2n, 3n, 'late'))).rejects.toThrow(PlanFencedError);
    await store.sql.rows('update clusters set removed_at = null');
  });

  test('one that read before the other stored changes nothing, though it changes no row of the other', async () => {
    const plans = new PlanRepository(store.sql);
    const after = await plans.planSeq();
    const nothing = { contents: [], changes: [], assignments: [], consumedConsents: [], revisionSeq: 0n };
    await plans.store({ ...nothing, after });
    await expect(plans.store({ ...nothing, after })).rejects.toThrow(PlanFencedError);
    expect(await plans.planSeq()).toBe(after + 1n);
  });

  test('a removal waits for the plan that is being stored, and leaves none of its assignments', async () => {
    const clusters = new ClusterRepository(store.sql);
    const id = await enrol(store.sql, 'eu-2');
    let removal: Promise<string | undefined> | undefined;
    await store.sql.transaction(async (sql) => {
      await assign(sql, [id], ['checkout']);
      removal = clusters.remove('eu-2').catch(() => undefined);
      await untilBlocked();
    });
    expect(await removal).toBe(id);
    expect(await store.sql.rows('select 1 from assignments where cluster_id = $1', [id])).toEqual([]);
  });
});

/** Some statement waits for a lock. */
async function untilBlocked(): Promise<void> {
  const waiting = () => store.sql.rows('select 1 from pg_locks where not granted');
  await until('a wait for a lock', waiting, (rows) => rows.length > 0, { timeoutMs: 10_000 });
}

describe('two that resolve commits', () => {
  const commit = (sha: string) => ({ sha, treeId: 't', message: '', author: '', committedAt: new Date(0) });
  const resolve = (sha: string, newest: NewestRevision | undefined) =>
    store.sql.transaction(async (sql) => {
      const revisions = new RevisionRepository(sql);
      await revisions.fence(newest);
      await revisions.addRefused(commit(sha), [], new Date(0));
    });

  test('the slower one, who began before the other ended, changes nothing', async () => {
    const revisions = new RevisionRepository(store.sql);
    const before = await revisions.newest();
    await resolve('newer', before);
    await expect(resolve('older', before)).rejects.toThrow(RevisionSupersededError);
    expect(await revisions.newest()).toMatchObject({ sha: 'newer' });
  });

  test('of two at the same time one changes something', async () => {
    const before = await new RevisionRepository(store.sql).newest();
    const outcomes = await Promise.allSettled([resolve('a', before), resolve('b', before)]);
    expect(outcomes.map((it) => it.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

test('a cluster has one name at a time: the database itself refuses a second', async () => {
  const clusters = new ClusterRepository(store.sql);
  const twin = { uid: 'twin', keyId: 'key', joinToken: 'token', tokenLabels: {}, certificateNotAfter: 0 };
  const [first, second] = ['eeeeeeee-0000-4000-8000-000000000005', 'eeeeeeee-0000-4000-8000-000000000006'];
  await clusters.enrol({ ...twin, id: first, name: 'twin-1' });
  const again = await clusters
    .enrol({ ...twin, id: second, name: 'twin-2' })
    .catch((error: unknown) => error);
  expect(isTaken(again)).toBe(true);
  await clusters.remove('twin-1');
  await clusters.enrol({ ...twin, id: second, name: 'twin-2' });
  await clusters.remove('twin-2');
});

describe('the register of sessions', () => {
  const replicaOf = async () =>
    (
      await store.sql.first<{ session_replica: string | null }>(
        `select session_replica from clusters where name = 'eu-3'`,
      )
    )?.session_replica;

  test('loses those that their replica does not have, unless they are about to begin', async () => {
    const sessions = new SessionRepository(store.sql);
    const id = await enrol(store.sql, 'eu-3');
    await connect(store.sql, id, 'eu-3');
    await sessions.reconcileSessions(seedReplica, [], 30_000);
    expect(await replicaOf()).toBe(seedReplica);
    await store.sql.rows(`update clusters set last_seen = now() - interval '31 s' where id = $1`, [id]);
    await sessions.reconcileSessions(seedReplica, [id], 30_000);
    await sessions.reconcileSessions(replica, [], 30_000);
    expect(await replicaOf()).toBe(seedReplica);
    await sessions.reconcileSessions(seedReplica, [], 30_000);
    expect(await replicaOf()).toBeNull();
  });

  test('tells which of the sessions are of removed clusters, and takes no unknown one for removed', async () => {
    const clusters = new ClusterRepository(store.sql);
    const sessions = new SessionRepository(store.sql);
    const removed = await enrol(store.sql, 'eu-4');
    await clusters.remove('eu-4');
    const live = [cluster, removed, 'dddddddd-0000-4000-8000-000000000004'];
    expect(await sessions.reconcileSessions(replica, live, 30_000)).toEqual([removed]);
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

  const batch = (statuses: StatusRow[]) => ({ statuses, gone: [], complete: [], applied: [], emptied: [] });
  const known = async () =>
    (await store.sql.first<{ sync: string }>('select sync from assignment_statuses'))?.sync;

  test('the number only grows, and the older can say nothing any more', async () => {
    const sessions = new SessionRepository(store.sql);
    const [older] = await sessions.openSessions(replica, [opening]);
    const [newer] = await sessions.openSessions(replica, [opening]);
    expect(newer!.session).toBe(older!.session + 1n);
    const statuses = new StatusRepository(store.sql);
    await statuses.write(batch([status(newer!.session, 'Synced')]));
    await statuses.write(batch([status(older!.session, 'OutOfSync')]));
    expect(await known()).toBe('Synced');
  });

  test("the older one's end does not end the newer", async () => {
    const sessions = new SessionRepository(store.sql);
    const [older] = await sessions.openSessions(replica, [opening]);
    await sessions.openSessions(replica, [opening]);
    await sessions.closeSessions([{ clusterId: cluster, session: older!.session, lastSeen: 0 }]);
    const row = await store.sql.first<{ session_replica: string }>(
      'select session_replica from clusters where id = $1',
      [cluster],
    );
    expect(row?.session_replica).toBe(replica);
  });

  test('another key or another cluster behind the same key opens none', async () => {
    const sessions = new SessionRepository(store.sql);
    expect(await sessions.openSessions(replica, [{ ...opening, keyId: 'other' }])).toEqual([]);
    expect(await sessions.openSessions(replica, [{ ...opening, uid: 'other' }])).toEqual([]);
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
    const garbage = new GarbageRepository(store.sql);
    await storeNow(plan(2n, 3n, 'third'));
    await garbage.collect(at(2), at(1));
    await storeNow(plan(3n, 4n, 'winner'));
    await garbage.collect(at(3.5), at(2.5));
    expect(await contents()).toEqual(['third', 'winner']);
  });
});
