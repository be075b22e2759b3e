import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgresError } from './errors.ts';
import { embeddedUser } from './initdb.ts';
import type { Postmaster } from './postmaster.ts';

/** A running server that this process, and no other hub, may use. */
export interface ServerClaim {
  readonly user: string;
  readonly database: string;
  readonly version: string;
  release(): Promise<void>;
}

const database = 'muster';

/** The key of the lock that a hub holds on its embedded server for as long as it lives ("mstr"). */
const hubLock = 0x6d737472;

/** Recovery after a crash replays at most `max_wal_size`. */
const startDeadlineMs = 120_000;

/**
 * Waits until the server answers, takes the hub's lock and makes Muster's database. `undefined` when the server ended
 * meanwhile or never answered. The lock is a session's, so a hub that is killed lets go of it.
 */
export async function claimServer(
  socketDir: string,
  postmaster: Postmaster,
): Promise<ServerClaim | undefined> {
  const client = await connect(socketDir, postmaster);
  if (client === undefined) return undefined;
  // A server that goes away is noticed by its process; this connection has nothing to add.
  client.on('error', () => undefined);
  const { rows } = await client.query<{ locked: boolean; version: string }>(
    `select pg_try_advisory_lock(${hubLock}) as locked, current_setting('server_version') as version`,
  );
  if (rows[0]?.locked !== true) {
    await client.end();
    throw new EmbeddedPostgresError(
      'in-use',
      `another hub runs on this data folder (its database is process ${postmaster.pid})`,
    );
  }
  const existing = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (existing.rowCount === 0) await client.query(`create database ${database}`);
  return {
    user: embeddedUser,
    database,
    version: rows[0].version.split(' ')[0] ?? '',
    release: () => client.end(),
  };
}

async function connect(socketDir: string, postmaster: Postmaster): Promise<pg.Client | undefined> {
  const deadline = Date.now() + startDeadlineMs;
  while (postmaster.running() && Date.now() < deadline) {
    const client = new pg.Client({ host: socketDir, user: embeddedUser, database: 'postgres' });
    try {
      await client.connect();
      return client;
    } catch {
      // Not there yet, or still recovering: its process tells when to give up.
      await client.end().catch(() => undefined);
      await delay(15);
    }
  }
  return undefined;
}
