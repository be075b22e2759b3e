import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleTree, SyncResult } from '@muster/api';
import { newAdminToken } from '@muster/hub';
import {
  ChangeRepository,
  ClusterRepository,
  openStore,
  startEmbeddedPostgres,
  type Store,
} from '@muster/store';
import { until } from '@muster/testing';
import { encodeParts } from '@muster/transport';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

describe('two replicas on one database', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
  let database: Store;
  /** Leads. */
  let one: TestFleet;
  /** Has the agent's session. */
  let other: TestFleet;
  let agent: FleetAgent;
  const environment = () => ({
    MUSTER_DATABASE_URL: `postgres://${server.user}@/${server.database}?host=${encodeURIComponent(server.socketDir)}`,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-shared-'));
    server = await startEmbeddedPostgres(folder);
    one = await TestFleet.start(bundleFiles('checkout', everywhere), [], environment());
    other = await one.replica();
    database = await openStore({ databaseUrl: environment().MUSTER_DATABASE_URL });
    agent = await other.join('eu-1', everywhere);
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
  });

  afterAll(async () => {
    await database.close();
    await other.stop();
    await one.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const asked = (count: number) =>
    until(
      'the request',
      async () => agent.requests,
      (it) => it.length === count,
    );

  test('what one plans, the other announces', async () => {
    const sha = await one.commit({ 'checkout/manifests/config.yaml': configMap('checkout', { key: 'new' }) });
    await agent.desiredWhere('the commit', (it) => it.assignments[0]?.revision === sha);
  });

  test('a sync that one is asked for reaches the session that the other has', async () => {
    const answer = await one.api<SyncResult>('POST', 'sync', { bundle: 'checkout' });
    expect(answer).toMatchObject({ asked: ['eu-1'], notConnected: [] });
    await asked(1);
    expect(agent.requests[0]).toEqual({ $case: 'syncNow', value: { bundle: 'checkout' } });
  });

  test('what is asked of a cluster at one is answered by its session at the other', async () => {
    agent.answer = async function* () {
      yield encodeParts([{ part: { $case: 'notice', value: 'from the session' } }]);
    };
    const tree = await one.api<BundleTree>('GET', 'assignments/eu-1/checkout/tree');
    expect(tree).toEqual({ cluster: 'eu-1', bundle: 'checkout', nodes: [], notices: ['from the session'] });
    agent.answer = () => undefined;
    const refused = await one.raw('GET', 'assignments/eu-1/checkout/tree');
    expect(refused.status).toBe(501);
    expect(refused.headers.get('content-type')).toMatch(/problem\+json/);
    agent.requests.splice(1);
  });

  test('a log that is followed at one ends at the agent when nobody listens any more', async () => {
    const ended = Promise.withResolvers<void>();
    agent.answer = async function* (_request, signal) {
      yield encodeParts([{ part: { $case: 'notice', value: 'nothing yet' } }]);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended.resolve();
    };
    const answer = await one.raw('GET', 'assignments/eu-1/checkout/logs?follow=true');
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe(
      '{"type":"notice","message":"nothing yet"}\n',
    );
    await reader.cancel();
    await ended.promise;
    agent.requests.splice(1);
  });

  test('a sync that no wake told of reaches it all the same', async () => {
    const { id } = (await new ClusterRepository(database.sql).byName('eu-1'))!;
    await new ChangeRepository(database.sql).requestSync([id], '');
    await asked(2);
    expect(agent.requests[1]).toEqual({ $case: 'syncNow', value: { bundle: '' } });
  });

  test('a consent that the one without the session, or the one that does not plan, is given arrives', async () => {
    await one.api('POST', 'deletion-consents', { bundle: 'checkout' });
    const first = await agent.desiredWhere('the consent', (it) => it.deletionConsents.length === 1);
    const sha = await one.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'next' }),
    });
    await agent.desiredWhere('the commit', (it) => it.assignments[0]?.revision === sha);
    await other.api('POST', 'deletion-consents', { bundle: 'checkout' });
    const second = await agent.desiredWhere('the consent', (it) => it.deletionConsents.length === 1);
    expect(second.version!.generation).toBeGreaterThan(first.version!.generation);
  });

  test('a token for who lost the admin token ends the former one, and is for the master key alone', async () => {
    const status = async (token: string) =>
      (await fetch(`${one.hub.url}/api/v1/version`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    const stranger = { ...other.config(), 'master-key-file': join(folder, 'none') };
    await expect(newAdminToken(stranger, {})).rejects.toThrow('there is no master key file');
    const wrongKey = { MUSTER_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    await expect(newAdminToken(one.config(), wrongKey)).rejects.toThrow('wrapped by master key');
    const first = await newAdminToken(one.config(), {});
    expect(await status(first)).toBe(200);
    const second = await newAdminToken(one.config(), {});
    expect(await status(first)).toBe(401);
    expect(await status(second)).toBe(200);
    await one.useToken(second);
  });

  test('a cluster that one removes is told by the other', async () => {
    await one.api('DELETE', 'clusters/eu-1');
    await until(
      'Removed',
      async () => agent.removed,
      (it) => it.length === 1,
    );
  });
});
