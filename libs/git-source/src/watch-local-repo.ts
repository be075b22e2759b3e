import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
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
  const refs = new FolderTree(join(common, 'refs'), (file) => {
    if (!isLock(file)) onMoved();
  });
  const others = [...new Set([head, common])].map((folder) =>
    listen(folder, (file) => {
      if (!isLock(file) && !NO_REFS.has(file)) onMoved();
    }),
  );
  return () => {
    refs.close();
    for (const watcher of others) watcher.close();
  };
}

/**
 * Watches each folder of a tree on its own. Not `recursive: true`: where the system has no such thing, Node watches
 * the files too and loses each one that is replaced by a rename, which is how Git writes every ref.
 */
class FolderTree {
  readonly #onChange: (file: string) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(root: string, onChange: (file: string) => void) {
    this.#onChange = onChange;
    this.#follow(root);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** A folder that was removed and made again under the same name is another one, so its old watcher goes first. */
  #follow(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
    try {
      if (!statSync(path).isDirectory()) return;
      const watcher = listen(path, (file) => {
        if (file !== '') this.#follow(join(path, file));
        this.#onChange(file);
      });
      this.#watchers.set(path, watcher);
      for (const name of readdirSync(path)) this.#follow(join(path, name));
    } catch {
      // Gone already, or not ours to read: nothing to watch there, and polling finds what it would have told.
    }
  }
}

/** The name is empty where the system tells only that something changed. */
function listen(folder: string, onChange: (file: string) => void): FSWatcher {
  const watcher = watch(folder, (_event, file) => onChange(file ?? ''));
  watcher.on('error', () => watcher.close());
  return watcher;
}

/** Git writes `<ref>.lock` and renames it: the lock itself tells nothing. */
function isLock(file: string): boolean {
  return file.endsWith('.lock');
}

/** Files beside HEAD and `packed-refs` that Git writes with each commit, and that name no commit. */
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
