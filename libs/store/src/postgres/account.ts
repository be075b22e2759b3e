import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The operating system's user that PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** In order of preference; the last is what systems call their user without rights. */
const unprivilegedNames = ['postgres', 'muster', 'nobody'];

/** What Linux maps users without rights to; taken when the system has no list of users. */
const overflowAccount: Account = { uid: 65534, gid: 65534, name: 'uid 65534' };

/**
 * The account to run PostgreSQL as, which refuses to run as root; `undefined` to stay who we are. An existing
 * database decides: its files belong to someone.
 */
export async function chooseAccount(databaseDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const owner = await stat(databaseDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    const name = parsePasswd(passwd).find((account) => account.uid === owner.uid)?.name;
    return { uid: owner.uid, gid: owner.gid, name: name ?? `uid ${owner.uid}` };
  }
  return unprivilegedAccount(passwd);
}

/** The best account without rights that a list of users offers. */
export function unprivilegedAccount(passwd: string): Account {
  const accounts = parsePasswd(passwd).filter((account) => account.uid !== 0);
  for (const name of unprivilegedNames) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account !== undefined) return account;
  }
  return overflowAccount;
}

function parsePasswd(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4 && fields[0] !== '')
    .map((fields) => ({ name: fields[0] ?? '', uid: Number(fields[2]), gid: Number(fields[3]) }))
    .filter((account) => Number.isInteger(account.uid) && Number.isInteger(account.gid));
}

/**
 * The first folder on the way to `path` (itself included) that this account may not enter; `undefined` when it can
 * reach it. By mode bits, which is what decides for a user without capabilities.
 */
export async function firstClosedFolder(path: string, account: Account): Promise<string | undefined> {
  const folders: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  for (const folder of folders) {
    if (!mayEnter(await stat(folder), account)) return folder;
  }
  return undefined;
}

/** Whether the mode's execute bit that applies to this account is set. */
export function mayEnter(
  entry: { readonly mode: number; readonly uid: number; readonly gid: number },
  account: Account,
): boolean {
  if (account.uid === entry.uid) return (entry.mode & 0o100) !== 0;
  if (account.gid === entry.gid) return (entry.mode & 0o010) !== 0;
  return (entry.mode & 0o001) !== 0;
}
