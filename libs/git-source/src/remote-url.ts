import { isAbsolute, resolve } from 'node:path';
import { GitError } from './errors.ts';
import type { GitRemote } from './port.ts';

export type Location =
  | { readonly kind: 'local'; readonly path: string }
  | {
      readonly kind: 'http';
      readonly url: URL;
      readonly username: string | undefined;
      readonly password: string | undefined;
    };

/** What a remote names, or a `GitError` that says how to write it. The URL has no credentials any more. */
export function locate(remote: Pick<GitRemote, 'url' | 'ref'>): Location {
  const { url, ref } = remote;
  if (ref.startsWith('-')) throw new GitError('refused', `A ref may not begin with "-": ${ref}`);
  if (/[\s~^:?*[\\\p{Cc}]|\.\.|@\{|\.lock$|\/$|^\//u.test(ref))
    throw new GitError('refused', `Not the name of a branch or tag: ${ref}`);
  if (url === '') throw new GitError('refused', 'The fleet repo has no URL');
  if (url.startsWith('-')) throw new GitError('refused', `A repo's URL may not begin with "-": ${url}`);
  if (/^https?:\/\//i.test(url)) return locateHttp(url);
  if (/^file:/i.test(url))
    throw new GitError('refused', 'A local repo is named by its path, not by a file:// URL');
  if (/^ssh:\/\//i.test(url) || isScpLike(url)) {
    throw new GitError(
      'refused',
      'SSH needs the native Git backend, which this version does not have; use an https:// URL',
    );
  }
  if (/^[a-z][a-z0-9+.-]*::?/i.test(url) && !/^[a-z]:[\\/]/i.test(url)) {
    throw new GitError(
      'refused',
      `Only https:// and http:// URLs and local paths are fetched from, not ${url.slice(0, url.indexOf(':') + 1)}…`,
    );
  }
  return { kind: 'local', path: isAbsolute(url) ? url : resolve(url) };
}

function locateHttp(text: string): Location {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new GitError('refused', `Not a URL: ${withoutCredentials(text)}`);
  }
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = url.password = url.hash = url.search = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { kind: 'http', url, username: username || undefined, password: password || undefined };
}

function isScpLike(url: string): boolean {
  return /^[^/:@]+@[^/:]+:/.test(url);
}

/** A URL fit for messages and logs. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
