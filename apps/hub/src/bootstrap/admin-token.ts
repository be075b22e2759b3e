import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createApiToken, hashApiToken } from '@muster/identity';
import { HubRepository, type Sql } from '@muster/store';
import { makeFolder } from './make-folder.ts';

export interface AdminToken {
  readonly file: string;
  /** `elsewhere`: another replica made it, and its place has it. */
  readonly state: 'made' | 'kept' | 'elsewhere';
}

export const adminName = 'admin';

/**
 * Makes the first admin token at the first start and keeps it in `<data>/admin-token` (0600); the database has only
 * its hash. A file that was lost, or that belongs to another database, is made anew, and the former token ends; but not
 * by one of several replicas (`isAlone` false), since the file may only be at another.
 */
export async function ensureAdminToken(sql: Sql, dataDir: string, isAlone: boolean): Promise<AdminToken> {
  const file = join(dataDir, 'admin-token');
  return new HubRepository(sql).bootstrap(async (hub) => {
    const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (kept !== '' && (await hub.apiTokenName(hashApiToken(kept))) === adminName)
      return { file, state: 'kept' };
    if (!isAlone && (await hub.hasApiToken(adminName))) return { file, state: 'elsewhere' };
    const { token, tokenHash } = createApiToken(randomBytes);
    await writeWhole(file, `${token}\n`);
    await hub.setApiToken(adminName, tokenHash);
    return { file, state: 'made' };
  });
}

/** Tells a CLI of the same user on this machine where the hub is: `~/.config/muster/local.json`. */
export async function announceLocally(
  hub: { readonly url: string; readonly tokenFile: string },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const configHome = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config');
  const file = join(configHome, 'muster', 'local.json');
  await makeFolder(dirname(file), 0o700);
  await writeWhole(file, `${JSON.stringify(hub)}\n`);
  return file;
}

async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  await rename(draft, file);
}
