import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { GitRemote } from './port.ts';
import { locate } from './remote-url.ts';
import { findLocalGitdir } from './repo/local-gitdir.ts';

/**
 * Tells when a ref of a local repo may have moved, so that a commit on the same machine needs no poll; whoever hears
 * it looks for himself. Gives what ends the watching, or undefined where there is nothing to watch: a remote repo, or
 * a folder that isn't there yet. Polling goes on beside it: some file systems tell nothing.
 */
export function watchLocalRepo(
  remote: Pick<GitRemote, 'url' | 'ref'>,
  onMoved: () => void,
): (() => void) | undefined {
  const location = locate(remote);
  if (location.kind !== 'local' || !existsSync(location.path)) return undefined;
  const { head, common } = findLocalGitdir(location.path);
  const watchers = [watch(join(common, 'refs'), { recursive: true }), watch(common), watch(head)];
  for (const watcher of watchers) {
    watcher.on('change', (_event, file) => {
      if (file === null || mayMoveARef(String(file))) onMoved();
    });
    watcher.on('error', () => watcher.close());
  }
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}

/** Git writes `<ref>.lock` and renames it: the lock itself tells nothing. Its other files in the folder are no refs. */
function mayMoveARef(file: string): boolean {
  if (file.endsWith('.lock')) return false;
  return file.includes('/') || !NO_REFS.has(file);
}

const NO_REFS = new Set([
  'index',
  'COMMIT_EDITMSG',
  'ORIG_HEAD',
  'logs',
  'objects',
  'config',
  'FETCH_HEAD',
  'gc.pid',
]);
