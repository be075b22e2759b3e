import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, type EmbeddedPostgres, startEmbeddedPostgres } from '@muster/store';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
let server: EmbeddedPostgres;
let dataSource: DataSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-schema-'));
  server = await startEmbeddedPostgres(folder);
  dataSource = createDataSource(server);
  await dataSource.initialize();
  oneQueryAtATime(dataSource);
});

afterAll(async () => {
  await dataSource.destroy();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What TypeORM compares with the entities it reads by many queries at once on one connection, which the driver deprecates. */
function oneQueryAtATime(source: DataSource): void {
  const create = source.createQueryRunner.bind(source);
  source.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = (...args: unknown[]) => (last = last.catch(() => undefined).then(() => query(...args)));
    return Object.assign(runner, { query: inTurn });
  };
}

test('migrations make exactly the tables that entities describe', async () => {
  await dataSource.runMigrations();
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map((it) => it.query)).toEqual([]);
});

test('events of former hubs are about the clusters and bundles that they named', async () => {
  // To the tables as the first hubs made them.
  for (const _ of dataSource.migrations.slice(1)) await dataSource.undoLastMigration();
  await dataSource.query(`insert into events (at, by, kind, subject, message) values
    (now(), 'admin', 'ClusterRemoved', 'eu-1', 'cluster eu-1 was removed'),
    (now(), 'admin', 'Paused', 'cart', 'paused bundle cart: fire'),
    (now(), 'admin', 'Paused', 'eu-2', 'paused cluster eu-2'),
    (now(), 'admin', 'Paused', '', 'paused everything'),
    (now(), 'admin', 'JoinTokenRevoked', 'abc', 'join token abc was revoked')`);
  await dataSource.runMigrations();
  const events = await dataSource.query<object[]>('select cluster, bundle from events order by seq');
  expect(events).toEqual([
    { cluster: 'eu-1', bundle: null },
    { cluster: null, bundle: 'cart' },
    { cluster: 'eu-2', bundle: null },
    { cluster: null, bundle: null },
    { cluster: null, bundle: null },
  ]);
});

test('every migration can be taken back', async () => {
  for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
  const tables = await dataSource.query<{ tablename: string }[]>(
    `select tablename from pg_tables where schemaname = 'public' order by tablename`,
  );
  expect(tables.map((it) => it.tablename)).toEqual(['migrations']);
});
