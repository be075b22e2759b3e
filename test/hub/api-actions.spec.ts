import type {
  Cluster,
  DeletionConsentResult,
  JoinToken,
  NewJoinToken,
  Page,
  Pause,
  ProblemDetails,
  SyncResult,
} from '@muster/api';
import { isJoinSecret, parseJoinToken } from '@muster/identity';
import { ClusterRepository, JoinTokenRepository, PlanRepository, type Sql } from '@muster/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, startApi } from './support/api.ts';
import { addBundles, assign, enrol } from './support/api-seed.ts';

let api: ApiUnderTest;
let sql: Sql;
let eu1: string;

beforeAll(async () => {
  api = await startApi();
  sql = api.store.sql;
  await new ClusterRepository(sql).declare([
    {
      name: 'eu-1',
      labels: { region: 'eu' },
      declared: { annotations: {}, definedIn: { file: 'fleet/clusters.muster.yaml', line: 4, column: 1 } },
    },
    {
      name: 'declared-only',
      labels: {},
      declared: { annotations: {}, definedIn: { file: 'fleet/clusters.muster.yaml', line: 9, column: 1 } },
    },
  ]);
  eu1 = await enrol(sql, 'eu-1', { tier: 'web' });
  const us1 = await enrol(sql, 'us-1', { region: 'us' });
  await addBundles(sql, [{ name: 'web' }]);
  await assign(sql, [eu1, us1], ['web']);
});

beforeEach(() => {
  api.asked.length = 0;
});

afterAll(async () => {
  await api.close();
});

const post = (path: string, body: unknown) => api.call('POST', `/api/v1/${path}`, { body });

describe('labels', () => {
  it('are set in the register, over those of the join token, and planned', async () => {
    const answer = await post('clusters/eu-1/labels', { set: { env: 'prod', tier: 'api' } });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json<Cluster>()).toMatchObject({
      labels: { region: 'eu', env: 'prod', tier: 'api' },
      labelSources: { region: 'Git', env: 'Register', tier: 'Register' },
    });
    expect(api.asked).toEqual(['plan']);
    const removed = await post('clusters/eu-1/labels', { remove: ['env', 'tier'] });
    expect(removed.json<Cluster>().labels).toEqual({ region: 'eu', tier: 'web' });
  });

  it.each([
    [{ set: { region: 'us' } }, 409, 'fleet/clusters.muster.yaml:4'],
    [{ remove: ['tier'] }, 409, 'came with its join token'],
    [{ set: { 'not a key': 'x' } }, 400, "not a label's key"],
    [{ set: { env: 'a b' } }, 400, "not a label's value"],
    [{ set: { env: 'x' }, remove: ['env'] }, 400, 'set and removed at once'],
    [{}, 400, 'Nothing is to be changed'],
  ])('%j is refused: %i, %s', async (body, status, detail) => {
    const answer = await post('clusters/eu-1/labels', body);
    expect(answer.status).toBe(status);
    expect(answer.json<ProblemDetails>().detail).toContain(detail);
    expect(api.asked).toEqual([]);
  });
});

describe('join tokens', () => {
  it('show their secret once, and can be revoked', async () => {
    const made = (await post('join-tokens', { name: 'eu-9', labels: { region: 'eu' } })).json<NewJoinToken>();
    expect(made).toMatchObject({ name: 'eu-9', maxUses: 1, uses: 0, enrolmentAddress: '127.0.0.1:8444' });
    const parsed = parseJoinToken(made.token)!;
    const kept = await new JoinTokenRepository(sql).lock(parsed.id);
    expect(isJoinSecret(parsed.secret, kept!.secretHash)).toBe(true);

    const listed = await api.call('GET', '/api/v1/join-tokens?name=eu-9');
    expect(listed.text).not.toContain(parsed.secret);
    expect(listed.json<Page<JoinToken>>().items).toMatchObject([{ id: parsed.id, labels: { region: 'eu' } }]);

    expect((await api.call('DELETE', `/api/v1/join-tokens/${parsed.id}`)).status).toBe(204);
    expect((await api.call('DELETE', `/api/v1/join-tokens/${parsed.id}`)).status).toBe(404);
  });

  it('are for names that clusters can have', async () => {
    expect((await post('join-tokens', { name: 'EU_1' })).json<ProblemDetails>().errors).toMatchObject([
      { field: 'name' },
    ]);
  });
});

describe('pauses', () => {
  it('stand until they are lifted, each for what it covers', async () => {
    const paused = (await post('pauses', { labelSelector: 'region=eu', reason: 'upgrade' })).json<{
      items: Pause[];
    }>();
    expect(paused.items).toMatchObject([{ scope: 'Cluster', name: 'eu-1', reason: 'upgrade', by: 'admin' }]);
    await post('pauses', { all: true });
    expect(api.asked).toEqual(['plan', 'plan']);
    const cluster = (await api.call('GET', '/api/v1/clusters/eu-1')).json<Cluster>();
    expect(cluster.paused?.scope).toBe('All');

    await api.call('DELETE', '/api/v1/pauses?all=true');
    const narrower = (await api.call('GET', '/api/v1/clusters?paused=true')).json<Page<Cluster>>();
    expect(narrower.items.map((it) => [it.name, it.paused?.scope])).toEqual([['eu-1', 'Cluster']]);
    const lifted = (await api.call('DELETE', '/api/v1/pauses?cluster=eu-1')).json<{ items: Pause[] }>();
    expect(lifted.items).toMatchObject([{ scope: 'Cluster', name: 'eu-1' }]);
    expect((await api.call('GET', '/api/v1/pauses')).json()).toEqual({ items: [] });
  });

  it.each([
    [{ bundle: 'none' }, 404],
    [{ clusters: ['none'] }, 404],
    [{ all: true, bundle: 'web' }, 400],
    [{}, 400],
  ])('%j is refused: %i', async (body, status) => {
    expect((await post('pauses', body)).status).toBe(status);
  });
});

describe('consents to deletions', () => {
  it('are stored for the clusters that have the bundle, for the state that they now have', async () => {
    const answer = (
      await post('deletion-consents', { bundle: 'web', clusters: ['eu-1'] })
    ).json<DeletionConsentResult>();
    expect(answer).toEqual({ bundle: 'web', clusters: ['eu-1'] });
    expect(await new PlanRepository(sql).consents()).toMatchObject([
      { bundle: 'web', clusterId: eu1, generation: 1n },
    ]);
    expect(api.asked).toEqual(['plan']);
  });

  it('are refused where the bundle is not', async () => {
    expect((await post('deletion-consents', { bundle: 'none' })).status).toBe(404);
    expect(
      (await post('deletion-consents', { bundle: 'web', clusters: ['eu-1'], labelSelector: 'a' })).status,
    ).toBe(400);
  });
});

describe('sync', () => {
  it('looks at the repo, asks who is connected, and names who is not', async () => {
    api.sessions.add(eu1);
    const answer = (await post('sync', {})).json<SyncResult>();
    expect(answer).toEqual({
      revision: 'a'.repeat(40),
      asked: ['eu-1'],
      notConnected: ['us-1'],
      repoError: null,
    });
    expect(api.asked).toEqual(['look']);
    expect((await post('sync', { bundle: 'none' })).status).toBe(404);
  });
});

describe('recovery', () => {
  it('raises the epoch, plans, and is recorded', async () => {
    expect((await post('recovery', { reason: 'restored' })).json()).toEqual({ epoch: 2 });
    expect(api.asked).toEqual(['plan']);
    const event = await sql.first('select by, message from events where kind = $1', ['Recovered']);
    expect(event).toEqual({ by: 'admin', message: 'the epoch was raised to 2: restored' });
  });
});

describe('removing a cluster', () => {
  it('tells its agent, keeps what Git declares of it, and is refused for one that never joined', async () => {
    expect((await api.call('DELETE', '/api/v1/clusters/eu-1')).status).toBe(204);
    expect(api.asked).toEqual(['removed']);
    const declared = (await api.call('GET', '/api/v1/clusters/eu-1')).json<Cluster>();
    expect(declared).toMatchObject({ enrolledAt: null, labels: { region: 'eu' }, assignments: { total: 0 } });
    const never = await api.call('DELETE', '/api/v1/clusters/declared-only');
    expect(never.status).toBe(409);
    expect(never.json<ProblemDetails>().detail).toContain('fleet/clusters.muster.yaml:9');
    expect((await api.call('DELETE', '/api/v1/clusters/none')).status).toBe(404);
  });
});
