import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Account, chooseAccount, firstClosedFolder } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { claimServer, type ServerClaim } from './claim.ts';
import { adoptPostmaster, type Postmaster, spawnPostmaster } from './postmaster.ts';
import { findPrograms, type PostgresPrograms } from './programs.ts';
import { runInitdb } from './initdb.ts';

/** A PostgreSQL that lives and dies with the hub, reachable over a Unix socket alone. */
export interface EmbeddedPostgres {
  /** The folder of the socket: what PostgreSQL's clients take as host. */
  readonly socketDir: string;
  readonly user: string;
  readonly database: string;
  readonly version: string;
  /** Resolves with a sentence if the server ends though nobody stopped it. */
  readonly lost: Promise<string>;
  /** A fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

/** Folders below the data folder. */
interface Layout {
  readonly root: string;
  readonly database: string;
  readonly programs: string;
  readonly socket: string;
  readonly log: string;
}

/**
 * Starts the database of a data folder, making it at the first start. A server that an earlier hub left behind when
 * it was killed is adopted, if no living hub has it.
 *
 * Rejects with `EmbeddedPostgresError`.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const layout = layoutOf(resolve(dataDir));
  const account = await chooseAccount(layout.database);
  await makeFolders(layout, resolve(dataDir), account);
  const programs = await findPrograms(account, layout.programs);
  await initialise(layout, account, programs);
  const { postmaster, claim } = await obtainServer(layout, account, programs);
  let stopping: Promise<void> | undefined;
  return {
    socketDir: layout.socket,
    user: claim.user,
    database: claim.database,
    version: programs.version,
    lost: Promise.race([postmaster.lost, claim.lost]),
    stop: () =>
      (stopping ??= (async () => {
        if ((await claim.release()) === 'held') await postmaster.stop();
      })()),
  };
}

function layoutOf(dataDir: string): Layout {
  const root = join(dataDir, 'postgres');
  const database = join(root, 'db');
  return {
    root,
    database,
    programs: join(root, 'programs'),
    socket: socketFolder(dataDir, database),
    log: join(root, 'postgres.log'),
  };
}

/** A Unix socket's path holds at most 107 bytes (sun_path); a data folder too deep for it gets a folder in /tmp. */
function socketFolder(dataDir: string, preferred: string): string {
  if (Buffer.byteLength(join(preferred, '.s.PGSQL.5432.lock')) <= 107) return preferred;
  return join(tmpdir(), `muster-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

async function makeFolders(layout: Layout, dataDir: string, account: Account | undefined): Promise<void> {
  try {
    // Others may pass through the data folder, not look into it: PostgreSQL's account has to reach its own folder.
    await mkdir(dataDir, { recursive: true, mode: account === undefined ? 0o700 : 0o711 });
    if (account !== undefined) await chmod(dataDir, 0o711);
    for (const folder of layout.socket === layout.database ? [layout.root] : [layout.root, layout.socket]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      if (account !== undefined) await chown(folder, account.uid, account.gid);
    }
    await mkdir(layout.programs, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new EmbeddedPostgresError(
      (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-full' : 'no-rights',
      `the data folder ${dataDir} can't be written: ${(cause as Error).message}`,
      { cause },
    );
  }
  if (account === undefined || process.platform === 'linux') return;
  const closed = await firstClosedFolder(layout.root, account);
  if (closed !== undefined) {
    throw new EmbeddedPostgresError(
      'no-rights',
      `PostgreSQL can't run as root and runs as ${account.name}, who may not enter ${closed}: choose another data folder with --data, or run the hub as a user of its own`,
    );
  }
}

async function initialise(
  layout: Layout,
  account: Account | undefined,
  programs: PostgresPrograms,
): Promise<void> {
  const made = await readFile(join(layout.database, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (made === undefined) {
    const partial = `${layout.database}.partial`;
    await rm(partial, { recursive: true, force: true });
    await runInitdb(programs.initdb, partial, account);
    await rename(partial, layout.database);
    return;
  }
  const major = programs.version.split('.')[0] ?? '';
  if (made.trim() !== major) {
    throw new EmbeddedPostgresError(
      'version-mismatch',
      `${layout.database} was made by PostgreSQL ${made.trim()}, and this is ${programs.version}: move its content with pg_dump of the old version, or use the old version of Muster`,
    );
  }
}

async function obtainServer(
  layout: Layout,
  account: Account | undefined,
  programs: PostgresPrograms,
): Promise<{ readonly postmaster: Postmaster; readonly claim: ServerClaim }> {
  const leftover = await adoptPostmaster(layout.database, layout.socket);
  if (leftover !== undefined) {
    const claim = await claimServer(layout.socket, leftover);
    if (claim?.version === programs.version) return { postmaster: leftover, claim };
    await claim?.release();
    await leftover.stop();
  }
  const postmaster = await spawnPostmaster({
    program: programs.postgres,
    databaseDir: layout.database,
    socketDir: layout.socket,
    logFile: layout.log,
    account,
  });
  try {
    const claim = await claimServer(layout.socket, postmaster);
    if (claim !== undefined) return { postmaster, claim };
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
  throw await postmaster.failure();
}
