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
  /** Resolves with a sentence if another hub took the server over. */
  readonly lost: Promise<string>;
  /** Whether the server was still this hub's, and so this hub's to stop. */
  release(): Promise<'held' | 'lost'>;
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
  const version = await takeLock(client, postmaster);
  const existing = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (existing.rowCount === 0) await client.query(`create database ${database}`);
  const hold = new Hold(client, async () => {
    const next = await connect(socketDir, postmaster);
    if (next !== undefined) await takeLock(next, postmaster);
    return next;
  });
  return {
    user: embeddedUser,
    database,
    version,
    lost: hold.lost,
    release: () => hold.release(),
  };
}

/** The server's version, once the lock is ours. */
async function takeLock(client: pg.Client, postmaster: Postmaster): Promise<string> {
  const { rows } = await client.query<{ locked: boolean; version: string }>(
    `select pg_try_advisory_lock(${hubLock}) as locked, current_setting('server_version') as version`,
  );
  if (rows[0]?.locked === true) return rows[0].version.split(' ')[0] ?? '';
  await client.end();
  throw new EmbeddedPostgresError(
    'in-use',
    `another hub runs on this data folder (its database is process ${postmaster.pid})`,
  );
}

/**
 * The session that has the lock. A server of which one process crashes ends all sessions and goes on: then the lock is
 * taken anew, lest another hub takes a server for left behind that is in use.
 */
class Hold {
  readonly #takeAnew: () => Promise<pg.Client | undefined>;
  readonly #lost = Promise.withResolvers<string>();
  #client: pg.Client;
  #state: 'held' | 'lost' | 'released' = 'held';

  constructor(client: pg.Client, takeAnew: () => Promise<pg.Client | undefined>) {
    this.#client = client;
    this.#takeAnew = takeAnew;
    this.#watch();
  }

  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  async release(): Promise<'held' | 'lost'> {
    if (this.#state === 'lost') return 'lost';
    this.#state = 'released';
    await this.#client.end();
    return 'held';
  }

  #watch(): void {
    this.#client.once('end', () => {
      if (this.#state === 'held') void this.#again();
    });
  }

  async #again(): Promise<void> {
    try {
      const client = await this.#takeAnew();
      // The server is gone, and its process tells of that.
      if (client === undefined) return;
      if (this.#state !== 'held') return await client.end();
      this.#client = client;
      this.#watch();
    } catch (error) {
      // It crashed again: the next session is tried for.
      if (!(error instanceof EmbeddedPostgresError)) return this.#again();
      this.#state = 'lost';
      this.#lost.resolve(error.message);
    }
  }
}

async function connect(socketDir: string, postmaster: Postmaster): Promise<pg.Client | undefined> {
  const deadline = Date.now() + startDeadlineMs;
  while (postmaster.running() && Date.now() < deadline) {
    const client = new pg.Client({ host: socketDir, user: embeddedUser, database: 'postgres' });
    // A server that goes away is noticed by its process; this connection has nothing to add.
    client.on('error', () => undefined);
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
