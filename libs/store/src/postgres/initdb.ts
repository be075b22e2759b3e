import { execFile } from 'node:child_process';
import { mkdir, chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { EmbeddedPostgresError, faultOfOutput } from './errors.ts';
import { hereOr } from './here.ts';

const run = promisify(execFile);

/** The only role of an embedded database: the socket's folder lets nobody else in. */
export const embeddedUser = 'muster';

/** Makes an empty database cluster. The locale is PostgreSQL's own, so that order is by code point on every system. */
export async function runInitdb(
  program: string,
  databaseDir: string,
  account: Account | undefined,
): Promise<void> {
  await mkdir(databaseDir, { mode: 0o700 });
  if (account !== undefined) await chown(databaseDir, account.uid, account.gid);
  const options = [
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    await run(program, ['-D', hereOr(databaseDir), '-U', embeddedUser, '--no-instructions', ...options], {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: databaseDir,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
  } catch (cause) {
    const output = (cause as { stderr?: string }).stderr ?? '';
    const fault = faultOfOutput(output);
    const reason = output.split('\n').findLast((line) => line.includes('error:')) ?? (cause as Error).message;
    throw new EmbeddedPostgresError(
      fault,
      fault === 'disk-full'
        ? `the disk of ${databaseDir} is full: the database can't be made`
        : `the database in ${databaseDir} can't be made: ${reason.trim()}`,
      { cause },
    );
  }
}
