import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GitError } from '../errors.ts';

export interface LocalGitdir {
  /** Holds HEAD; a linked work tree has its own. */
  readonly head: string;
  /** Holds refs and objects. */
  readonly common: string;
  /** Repos that it borrows objects from (`git clone --shared`). */
  readonly alternates: readonly string[];
}

const maxAlternates = 20;

/** Finds the repo of a folder: a bare one, one with a work tree, or a linked work tree. `GitError` where there is none. */
export function findLocalGitdir(path: string): LocalGitdir {
  if (!existsSync(path)) throw new GitError('not-found', `There is no folder ${path}`);
  const head = gitdirOf(path);
  if (head === undefined) throw new GitError('not-found', `${path} is not a Git repo`);
  const commonFile = join(head, 'commondir');
  const common = existsSync(commonFile) ? resolve(head, readFileSync(commonFile, 'utf8').trim()) : head;
  refuseUnreadableFormats(path, common);
  return { head, common, alternates: alternatesOf(common) };
}

function gitdirOf(path: string): string | undefined {
  if (isGitdir(path)) return path;
  const dotGit = join(path, '.git');
  if (!existsSync(dotGit)) return undefined;
  if (statSync(dotGit).isDirectory()) return isGitdir(dotGit) ? dotGit : undefined;
  const pointer = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
  return pointer === undefined ? undefined : resolve(path, pointer.trim());
}

function isGitdir(path: string): boolean {
  return (
    existsSync(join(path, 'HEAD')) &&
    (existsSync(join(path, 'objects')) || existsSync(join(path, 'commondir')))
  );
}

function refuseUnreadableFormats(path: string, common: string): void {
  const config = existsSync(join(common, 'config')) ? readFileSync(join(common, 'config'), 'utf8') : '';
  const format = /^\s*(objectformat\s*=\s*sha256|refstorage\s*=\s*reftable)/im.exec(config)?.[1];
  if (format === undefined) return;
  throw new GitError(
    'refused',
    `${path} uses ${format.replace(/\s/g, '')}, which needs the native Git backend; this version does not have it`,
  );
}

function alternatesOf(common: string): string[] {
  const found: string[] = [];
  const visit = (gitdir: string) => {
    const file = join(gitdir, 'objects/info/alternates');
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const other = dirname(resolve(gitdir, 'objects', line));
      if (found.includes(other) || found.length >= maxAlternates) continue;
      found.push(other);
      visit(other);
    }
  };
  visit(common);
  return found;
}
