import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Cluster } from '@muster/api';
import {
  ClusterRepository,
  openStore,
  RevisionRepository,
  startEmbeddedPostgres,
  type Store,
} from '@muster/store';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

type Server = Awaited<ReturnType<typeof startEmbeddedPostgres>>;

function urlOf({ user, database, socketDir }: Server): string {
  return `postgres://${user}@/${database}?host=${encodeURIComponent(socketDir)}`;
}

describe('what went wrong once mends by itself', () => {
  let folder: string;
  let server: Server;
  let fleet: TestFleet;
  /** The hub's database, behind its back. */
  let database: Store;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-mending-'));
    server = await startEmbeddedPostgres(folder);
    const databaseUrl = urlOf(server);
    fleet = await TestFleet.start(bundleFiles('checkout', everywhere), [], {
      MUSTER_DATABASE_URL: databaseUrl,
    });
    database = await openStore({ databaseUrl });
  });

  afterAll(async () => {
    await database.close();
    await fleet.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('a plan that could not be stored is made again, and a pause arrives', async () => {
    const agent = await fleet.join('eu-1', everywhere);
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    await database.sql.rows(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$`,
    );
    await database.sql.rows('create trigger refuse before update on hub execute function refuse()');
    await fleet.api('POST', 'pauses', { all: true });
    await until(
      'a plan that failed',
      async () => fleet.log,
      (lines) => lines.some((line) => line.includes('the disk is full')),
    );
    await database.sql.rows('drop trigger refuse on hub');
    await agent.desiredWhere('the pause', (it) => it.paused);
  });

  test('a pause that no wake told of arrives all the same', { timeout: 150_000 }, async () => {
    const agent = await fleet.join('eu-2', everywhere);
    await agent.desiredWhere('the pause', (it) => it.paused);
    await database.sql.rows('delete from pauses');
    const desired = async () => agent.desired;
    await until('the resume', desired, (it) => it?.paused === false, { timeoutMs: 120_000 });
  });

  test('a removal that reached no replica ends the session all the same', async () => {
    const agent = await fleet.join('eu-3', everywhere);
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    await new ClusterRepository(database.sql).remove('eu-3');
    await until(
      'Removed',
      async () => agent.removed,
      (it) => it.length === 1,
    );
    const names = (await fleet.list<Cluster>('clusters')).map((it) => it.name);
    expect(names).not.toContain('eu-3');
  });

  test('a commit that was resolved too slowly is fenced off, and the next look finds what is the newest', async () => {
    const revisions = new RevisionRepository(database.sql);
    const start = (await revisions.newest())!.sha;
    let look: Promise<void> | undefined;
    await database.sql.transaction(async (sql) => {
      const others = new RevisionRepository(sql);
      await others.fence(await others.newest());
      await fleet.repo.commit(bundleFiles('cart', everywhere));
      look = fleet.look();
      const waiting = () => database.sql.rows('select 1 from pg_locks where not granted');
      await until('the one that is too slow', waiting, (rows) => rows.length > 0);
      const commit = { sha: start, treeId: 't', message: '', author: '', committedAt: new Date(0) };
      await others.addRefused(commit, [], new Date(0));
    });
    await look;
    await fleet.look();
    expect(fleet.log.filter((line) => line.includes('came too late'))).toHaveLength(1);
    const shas = await database.sql.rows<{ sha: string }>('select sha from revisions order by seq');
    const next = await fleet.repo.git('rev-parse', 'HEAD');
    expect(shas.map((it) => it.sha)).toEqual([start, start, next]);
  });

  test('a bundle whose source killed the render worker is tried again by a hub that starts', async () => {
    const poison = {
      file: 'checkout/muster.yaml',
      line: 1,
      column: null,
      field: '',
      message: 'it died twice',
    };
    const failed = JSON.stringify([poison]);
    await database.sql.rows(`update bundles set input_key = '', problems = $1 where name = 'checkout'`, [
      failed,
    ]);
    const bundle = () => fleet.api<Bundle>('GET', 'bundles/checkout');
    await fleet.look();
    expect(await bundle()).toMatchObject({ state: 'Failing' });
    await fleet.hub.close();
    await fleet.startHub();
    await until('the bundle', bundle, (it) => it.state === 'Good');
  });
});

test('a hub whose database is gone closes all else when it stops, and says what it could not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-gone-'));
  const server = await startEmbeddedPostgres(folder);
  const fleet = await TestFleet.start({}, [], { MUSTER_DATABASE_URL: urlOf(server) });
  await server.stop();
  await expect(fleet.hub.close()).rejects.toThrow();
  await expect(fetch(fleet.hub.url)).rejects.toThrow('fetch failed');
  await rm(fleet.folder, { recursive: true });
  await rm(folder, { recursive: true });
});
