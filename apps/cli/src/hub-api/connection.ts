import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT_USAGE } from '../exit.ts';
import type { Io } from '../io.ts';

export interface Connection {
  readonly url: string;
  readonly token: string;
  /** Who said so, for errors. */
  readonly source: string;
}

export interface ConnectionFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

type Place = Pick<Io, 'env' | 'home'>;

/** Where the hub leaves its address too: the XDG base directory specification says. */
function configFolder({ env, home }: Place): string {
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'muster');
}

/**
 * Which hub, and with which token: flags, then MUSTER_URL and MUSTER_TOKEN, then what `muster login` stored, then the
 * hub that runs on this machine. A URL that comes without a token gets the one that is known for that URL, and never
 * another hub's.
 */
export async function findConnection(io: Place, flags: ConnectionFlags): Promise<Connection> {
  const known = (await Promise.all([readLogin(io), readLocal(io)])).filter((it) => it !== undefined);
  const givenUrl = flags.url ?? io.env['MUSTER_URL'];
  const givenToken = flags.token ?? io.env['MUSTER_TOKEN'];
  const url = givenUrl !== undefined && givenUrl !== '' ? parseUrl(givenUrl) : known[0]?.url;
  if (url === undefined) {
    throw new CliError('no hub is known', {
      exitCode: EXIT_USAGE,
      hint: 'Start one with `muster hub`, or name one with `muster login URL --token TOKEN`.',
    });
  }
  const source = flags.url !== undefined ? '--url' : givenUrl ? 'MUSTER_URL' : known[0]!.source;
  const token = givenToken || known.find((it) => it.url === url)?.token;
  if (token === undefined || token === '') {
    throw new CliError(`there is no token for the hub at ${url}`, {
      exitCode: EXIT_USAGE,
      hint: `Give it with --token or MUSTER_TOKEN, or store it with \`muster login ${url} --token TOKEN\`.`,
    });
  }
  return { url, token, source };
}

/** What `muster login` stores: readable by its owner alone, replaced in one step. */
export async function storeLogin(io: Place, login: { url: string; token: string }): Promise<string> {
  const folder = configFolder(io);
  const path = join(folder, 'config.json');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  await rename(next, path);
  return path;
}

/** The URL without a trailing slash, user or query. */
export function parseUrl(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CliError(`"${text}" is not the URL of a hub`, {
      exitCode: EXIT_USAGE,
      hint: 'Write it like https://muster.example.com or http://127.0.0.1:8080.',
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

async function readLogin(io: Place): Promise<Connection | undefined> {
  const path = join(configFolder(io), 'config.json');
  const stored = await readJson(path);
  if (typeof stored?.['url'] !== 'string' || typeof stored['token'] !== 'string') return undefined;
  return { url: parseUrl(stored['url']), token: stored['token'], source: path };
}

/** A hub that was started on this machine says where it is; its token is readable for whoever may. */
async function readLocal(io: Place): Promise<Connection | undefined> {
  const path = join(configFolder(io), 'local.json');
  const stored = await readJson(path);
  if (typeof stored?.['url'] !== 'string' || typeof stored['tokenFile'] !== 'string') return undefined;
  const token = await readFile(stored['tokenFile'], 'utf8').catch(() => '');
  return { url: parseUrl(stored['url']), token: token.trim(), source: path };
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (cause) {
    throw new CliError(`${path} is not JSON`, {
      exitCode: EXIT_USAGE,
      hint: 'Remove it, or log in again with `muster login`.',
      cause,
    });
  }
}
