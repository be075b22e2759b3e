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
});

afterAll(async () => {
  await dataSource.destroy();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('migrations make exactly the tables that entities describe', async () => {
  await dataSource.runMigrations();
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map((it) => it.query)).toEqual([]);
});

test('every migration can be taken back', async () => {
  for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
  const tables = await dataSource.query<{ tablename: string }[]>(
    `select tablename from pg_tables where schemaname = 'public' order by tablename`,
  );
  expect(tables.map((it) => it.tablename)).toEqual(['migrations']);
});
