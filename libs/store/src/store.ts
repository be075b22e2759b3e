import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities } from './entities/index.ts';
import { migrations } from './migrations/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres/embedded.ts';
import { Sql } from './sql.ts';

export type StoreOptions =
  | { readonly databaseUrl: string }
  /** Runs PostgreSQL in this folder. */
  | { readonly dataDir: string };

/** The hub's database, migrated and ready. */
export interface Store {
  readonly sql: Sql;
  /** A connection of its own outside of the pool: for LISTEN and for locks that last as long as it does. */
  connect(): Promise<pg.Client>;
  /** Resolves with a sentence if the embedded server ends though nobody stopped it; never for another's. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/** A server that is away is an error within seconds, and one whose machine vanished is noticed though nothing is sent. */
const connecting = { connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** Replicas that start at the same time migrate one after the other ("mstm"). */
const migrationLock = 0x6d73746d;

/** A newer hub has used this database: what it changed there, this one would break. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError';
}

/** Rejects with `EmbeddedPostgresError`, with `NewerDatabaseError`, or with the driver's error when a server isn't there. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const embedded = 'dataDir' in options ? await startEmbeddedPostgres(options.dataDir) : undefined;
  try {
    return await connectStore(embedded ?? (options as { databaseUrl: string }));
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function connectStore(server: EmbeddedPostgres | { readonly databaseUrl: string }): Promise<Store> {
  const clients = new Set<pg.Client>();
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(
      'databaseUrl' in server
        ? { connectionString: server.databaseUrl, ...connecting }
        : { host: server.socketDir, user: server.user, database: server.database },
    );
    await client.connect();
    clients.add(client);
    client.once('end', () => clients.delete(client));
    return client;
  };
  const dataSource = createDataSource(server);
  try {
    await migrate(dataSource, connect);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  }
  return {
    sql: new Sql(dataSource),
    connect,
    lost: 'lost' in server ? server.lost : new Promise(() => undefined),
    async close() {
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
      if (dataSource.isInitialized) await dataSource.destroy();
      if ('stop' in server) await server.stop();
    },
  };
}

/** Exported for the test that compares entities and migrations. */
export function createDataSource(server: EmbeddedPostgres | { readonly databaseUrl: string }): DataSource {
  return new DataSource({
    type: 'postgres',
    ...('databaseUrl' in server
      ? { url: server.databaseUrl }
      : { host: server.socketDir, username: server.user, database: server.database }),
    entities,
    migrations,
    migrationsTransactionMode: 'all',
    poolSize: 10,
    // Waiting for one of the pool's connections counts, too.
    extra: { ...connecting, connectionTimeoutMillis: 30_000 },
    // The pool replaces a connection that breaks; who used it hears of it by its own rejection.
    poolErrorHandler: () => undefined,
    logging: false,
  });
}

async function migrate(dataSource: DataSource, connect: () => Promise<pg.Client>): Promise<void> {
  const holder = await connect();
  try {
    await holder.query('select pg_advisory_lock($1)', [migrationLock]);
    await dataSource.initialize();
    await refuseNewer(dataSource);
    await dataSource.runMigrations();
  } finally {
    await holder.end();
  }
}

async function refuseNewer(dataSource: DataSource): Promise<void> {
  const known = new Set(dataSource.migrations.map((it) => it.name));
  const [table] = await dataSource.query<{ oid: string | null }[]>(`select to_regclass('migrations') as oid`);
  if (table?.oid === null) return;
  const made = await dataSource.query<{ name: string }[]>('select name from migrations order by id');
  const unknown = made.findLast((it) => !known.has(it.name));
  if (unknown !== undefined) {
    throw new NewerDatabaseError(
      `a newer Muster has used this database (its ${unknown.name} is not known here): start that, or restore a backup from before`,
    );
  }
}
