import { readFile } from 'node:fs/promises';
import { GitError } from '../errors.ts';
import type { HttpClient, HttpResponse } from '../http/client.ts';
import { readPkts, textOf } from './pkt-line.ts';

export interface Endpoint {
  readonly http: HttpClient;
  readonly url: URL;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tokenFile: string | undefined;
}

/** What the server told about itself; protocol 1 stands for all that isn't 2. */
export interface ServerInfo {
  readonly protocol: 1 | 2;
  readonly capabilities: readonly string[];
}

/** The URL for messages; credentials are never part of it. */
export function nameOf(endpoint: Endpoint): string {
  return endpoint.url.href;
}

/** Asks for the capabilities (gitprotocol-v2). They hardly change, so callers ask once. */
export async function discover(endpoint: Endpoint, signal?: AbortSignal): Promise<ServerInfo> {
  const response = await send(endpoint, 'GET', 'info/refs?service=git-upload-pack', undefined, signal);
  if (!response.contentType.startsWith('application/x-git-upload-pack-advertisement')) {
    response.body.destroy();
    throw new GitError(
      'not-found',
      `There is no Git repo at ${nameOf(endpoint)}: the server answers with a page instead`,
    );
  }
  const lines: string[] = [];
  try {
    for await (const pkt of readPkts(response.body)) {
      if (pkt.kind !== 'line') continue;
      lines.push(textOf(pkt.data));
      if (lines.length > 1 && !lines.includes('version 2')) break; // protocol 1: the refs follow, as many as there are
    }
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
  const isVersion2 = lines.includes('version 2');
  const capabilities = isVersion2 ? lines : (lines[1]?.split('\0')[1]?.split(' ') ?? []);
  if (capabilities.includes('object-format=sha256')) {
    throw new GitError(
      'refused',
      `${nameOf(endpoint)} has SHA-256 objects, which need the native Git backend; this version does not have it`,
    );
  }
  return { protocol: isVersion2 ? 2 : 1, capabilities };
}

/** Sends a command of protocol 2. The caller reads the body to its end. */
export async function command(endpoint: Endpoint, body: Buffer, signal?: AbortSignal): Promise<HttpResponse> {
  return send(endpoint, 'POST', 'git-upload-pack', body, signal);
}

async function send(
  endpoint: Endpoint,
  method: 'GET' | 'POST',
  path: string,
  body: Buffer | undefined,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const authorization = await authorizationOf(endpoint);
  let response: HttpResponse;
  try {
    response = await endpoint.http.request({
      method,
      url: new URL(`${endpoint.url.href}/${path}`),
      headers: {
        'git-protocol': 'version=2',
        ...(method === 'POST'
          ? {
              'content-type': 'application/x-git-upload-pack-request',
              accept: 'application/x-git-upload-pack-result',
            }
          : {}),
      },
      ...(body === undefined ? {} : { body }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    throw cause instanceof GitError ? cause : unreachable(endpoint, cause);
  }
  if (response.status === 200) return response;
  response.body.destroy();
  throw statusError(endpoint, response.status, authorization !== undefined);
}

export async function authorizationOf(endpoint: Endpoint): Promise<string | undefined> {
  const password = endpoint.tokenFile === undefined ? endpoint.password : await readToken(endpoint.tokenFile);
  if (password === undefined && endpoint.username === undefined) return undefined;
  const username = endpoint.username ?? 'x-access-token';
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new GitError('unauthorized', `The Git token's file ${file} can't be read`, { cause });
  }
}

function statusError(endpoint: Endpoint, status: number, withCredentials: boolean): GitError {
  const name = nameOf(endpoint);
  if (status === 401 || status === 403) {
    const said = withCredentials ? 'does not accept the credentials' : 'asks for credentials';
    return new GitError('unauthorized', `${name} ${said} (HTTP ${status})`);
  }
  if (status === 404 || status === 410)
    return new GitError(
      'not-found',
      `There is no Git repo at ${name}, or these credentials may not see it (HTTP ${status})`,
    );
  return new GitError('unreachable', `${name} answers HTTP ${status}`);
}

export function unreachable(endpoint: Endpoint, cause: unknown): GitError {
  if (cause instanceof GitError) return cause;
  const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
  return new GitError('unreachable', `${nameOf(endpoint)} can't be reached: ${why}`, { cause });
}
