import git, { type HttpClient as LibraryHttp } from 'isomorphic-git';
import { GitError } from '../errors.ts';
import { candidates, noSuchRef, type RemoteRef } from '../protocol/ls-refs.ts';
import { type Endpoint, authorizationOf, nameOf, unreachable } from '../protocol/smart-http.ts';
import type { MirrorStore } from './mirror-store.ts';
import { syncFs } from './sync-fs.ts';

/** For servers that know protocol 1 only (CodeCommit, old ones): every poll lists all refs, because that is all they offer. */
export async function findRefByLibrary(
  endpoint: Endpoint,
  ref: string,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const refs = await asGitErrors(endpoint, async () =>
    git.listServerRefs({
      http: await adapter(endpoint, signal),
      url: endpoint.url.href,
      protocolVersion: 1,
      symrefs: true,
      peelTags: true,
    }),
  );
  const found = candidates(ref).flatMap((name) => refs.find((entry) => entry.ref === name) ?? [])[0];
  if (found === undefined) throw noSuchRef(nameOf(endpoint), ref);
  return { name: found.target ?? found.ref, id: found.oid, commit: found.peeled ?? found.oid };
}

export async function fetchByLibrary(
  endpoint: Endpoint,
  store: MirrorStore,
  ref: RemoteRef,
  depth: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  await asGitErrors(endpoint, async () =>
    git.fetch({
      fs: syncFs,
      http: await adapter(endpoint, signal),
      gitdir: store.gitdir,
      url: endpoint.url.href,
      ref: ref.name,
      remoteRef: ref.name,
      singleBranch: true,
      tags: false,
      ...(depth === undefined ? {} : { depth }),
    }),
  );
}

async function adapter(endpoint: Endpoint, signal: AbortSignal): Promise<LibraryHttp> {
  const authorization = await authorizationOf(endpoint);
  return {
    request: async ({ url, method = 'GET', headers = {}, body }) => {
      const response = await endpoint.http.request({
        method: method === 'POST' ? 'POST' : 'GET',
        url: new URL(url),
        headers,
        signal,
        ...(body === undefined ? {} : { body: await join(body) }),
        ...(authorization === undefined ? {} : { authorization }),
      });
      return {
        url: response.url.href,
        method,
        statusCode: response.status,
        statusMessage: '',
        headers: { 'content-type': response.contentType },
        body: response.body[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>,
      };
    },
  };
}

async function asGitErrors<T>(endpoint: Endpoint, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof git.Errors.HttpError) {
      const { statusCode } = cause.data;
      const fault =
        statusCode === 401 || statusCode === 403
          ? 'unauthorized'
          : statusCode === 404
            ? 'not-found'
            : 'unreachable';
      throw new GitError(fault, `${nameOf(endpoint)} answers HTTP ${statusCode}`, { cause });
    }
    throw unreachable(endpoint, cause);
  }
}

async function join(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
