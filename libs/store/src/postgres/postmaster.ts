import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.ts';
import { EmbeddedPostgresError, faultOfOutput } from './errors.ts';
import { hereOr, socketFrom } from './here.ts';
import { parsePostmasterFile } from './postmaster-file.ts';

/** The server's first process, ours or one that an earlier hub left. */
export interface Postmaster {
  readonly pid: number;
  running(): boolean;
  /** Resolves with a sentence if it ends though nobody asked for it. */
  readonly lost: Promise<string>;
  /** Why it ended, from what it wrote. */
  failure(): Promise<EmbeddedPostgresError>;
  /** Fast shutdown; an immediate one (no loss: the log is replayed) if that takes longer than 20 s. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly program: string;
  readonly databaseDir: string;
  readonly socketDir: string;
  readonly logFile: string;
  readonly account: Account | undefined;
}

const fastShutdown = 'SIGINT';
const immediateShutdown = 'SIGQUIT';
const shutdownPatienceMs = 20_000;

/**
 * Modest: a hub of 500 clusters keeps its working set in some 64 MB. Durability is untouched (fsync and
 * synchronous_commit stay on); what is off are replication, parallel plans and the compiler of expressions.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '32MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  checkpoint_timeout: '15min',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  io_method: 'sync',
  huge_pages: 'off',
  jit: 'off',
  autovacuum_max_workers: '2',
  autovacuum_naptime: '30s',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Starts a server as a leader of its own session: a Ctrl-C in the terminal reaches the hub alone, which then stops
 * the server last. It writes to a file, which outlives a hub that is killed, as a pipe wouldn't.
 */
export async function spawnPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const log = await open(options.logFile, 'w', 0o600);
  try {
    const flags = Object.entries({
      ...settings,
      unix_socket_directories: socketFrom(options.databaseDir, options.socketDir),
    });
    const child = spawn(
      options.program,
      ['-D', hereOr(options.databaseDir), ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
        cwd: options.databaseDir,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', PGTZ: 'UTC' },
      },
    );
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => resolve()).once('error', () => resolve()),
    );
    if (child.pid === undefined)
      throw new EmbeddedPostgresError('failed', `${options.program} can't be started`);
    child.unref();
    return postmasterOf(
      child.pid,
      ended,
      () => child.exitCode === null && child.signalCode === null,
      options,
    );
  } finally {
    await log.close();
  }
}

/**
 * The server that still runs on this database, after a hub that was killed; `undefined` when there is none.
 * A process that merely has the number of one that is gone is told by what `/proc` says of it, where there is one.
 */
export async function adoptPostmaster(
  databaseDir: string,
  socketDir: string,
): Promise<Postmaster | undefined> {
  const text = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const file = parsePostmasterFile(text);
  if (file === undefined || !isAlive(file.pid) || !(await isPostgres(file.pid, databaseDir)))
    return undefined;
  const { pid } = file;
  const ended = watchUntilGone(pid);
  return postmasterOf(pid, ended, () => isAlive(pid), {
    databaseDir,
    logFile: join(databaseDir, '..', 'postgres.log'),
    socketDir,
  });
}

function postmasterOf(
  pid: number,
  ended: Promise<void>,
  running: () => boolean,
  place: { readonly databaseDir: string; readonly logFile: string; readonly socketDir: string },
): Postmaster {
  let stopping = false;
  const failure = async (): Promise<EmbeddedPostgresError> => {
    const output = (await readFile(place.logFile, 'utf8').catch(() => '')).trimEnd();
    const fault = faultOfOutput(output);
    const reason =
      output.split('\n').findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? 'it wrote no reason';
    return new EmbeddedPostgresError(
      fault,
      fault === 'disk-full'
        ? `the disk of ${place.databaseDir} is full: PostgreSQL ended`
        : `PostgreSQL ended: ${reason.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '')} (its log is ${place.logFile})`,
    );
  };
  return {
    pid,
    running,
    failure,
    lost: new Promise((resolve) => {
      void ended.then(async () => {
        if (!stopping) resolve((await failure()).message);
      });
    }),
    async stop() {
      stopping = true;
      if (!running()) return;
      signal(pid, fastShutdown);
      const patience = new AbortController();
      const late = delay(shutdownPatienceMs, true, { signal: patience.signal }).catch(() => false);
      if (await Promise.race([ended.then(() => false), late])) {
        signal(pid, immediateShutdown);
        await ended;
      }
      patience.abort();
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In a container whose first process reaps nobody, an ended server keeps its number for ever. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function isPostgres(pid: number, databaseDir: string): Promise<boolean> {
  if ((await stat('/proc/self').catch(() => undefined)) === undefined) return true;
  const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return workingDir === (await realpath(databaseDir));
}

/** Nobody tells us of the end of a process that isn't our child: it has to be looked at. */
async function watchUntilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(50, undefined, { ref: false });
}
