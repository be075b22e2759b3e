import git from 'isomorphic-git';
import { LRUCache } from 'lru-cache';
import { GitError } from '../errors.ts';
import type { Commit, TreeEntryKind, TreeFile } from '../port.ts';
import { commitsSince } from './commits-since.ts';
import { syncFs } from './sync-fs.ts';

interface TreeEntry {
  readonly name: string;
  readonly kind: TreeEntryKind | 'tree';
  readonly id: string;
}

const kinds: Readonly<Record<string, TreeEntryKind | 'tree'>> = {
  '040000': 'tree',
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

const maxBlobBytes = 32 * 1024 * 1024;
/** Entries of trees, and of whole lists of files, that are kept; some 100 bytes each. */
const keptEntries = 200_000;
const keptCommits = 10_000;
const ancestryLimit = 100_000;
const maxTreeDepth = 200;

/** Reads objects by id. What an id names never changes, so all that is read is kept, within bounds. */
export class ObjectReader {
  readonly #name: string;
  /** Repos whose objects belong together: one, and those that it borrows from. */
  readonly #gitdirs: readonly string[];
  readonly #trees = new LRUCache<string, readonly TreeEntry[]>({
    maxSize: keptEntries,
    sizeCalculation: (entries) => entries.length + 1,
  });
  readonly #lists = new LRUCache<string, readonly TreeFile[]>({
    maxSize: keptEntries,
    sizeCalculation: (files) => files.length + 1,
  });
  readonly #commits = new LRUCache<string, Commit>({ max: keptCommits });
  /** isomorphic-git's: indexes and whole packs, once read. */
  #packs = {};

  constructor(name: string, gitdirs: readonly string[]) {
    this.#name = name;
    this.#gitdirs = gitdirs;
  }

  /** Lets go of the packs, which are large; what was read from them stays. */
  forgetPacks(): void {
    this.#packs = {};
  }

  async commit(id: string): Promise<Commit> {
    const known = this.#commits.get(id);
    if (known !== undefined) return known;
    const { oid, commit } = await this.#read(id, (options) => git.readCommit(options));
    const found: Commit = {
      sha: oid,
      treeId: commit.tree,
      parents: commit.parent,
      author: `${commit.author.name} <${commit.author.email}>`,
      committedAt: new Date(commit.committer.timestamp * 1000),
      message: commit.message.trimEnd(),
    };
    this.#commits.set(id, found);
    return found;
  }

  async resolvePath(
    treeId: string,
    path: string,
  ): Promise<{ id: string; kind: TreeEntryKind | 'tree' } | undefined> {
    let at: { id: string; kind: TreeEntryKind | 'tree' } = { id: treeId, kind: 'tree' };
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      if (at.kind !== 'tree') return undefined;
      const entry = (await this.#tree(at.id)).find((candidate) => candidate.name === name);
      if (entry === undefined) return undefined;
      at = { id: entry.id, kind: entry.kind };
    }
    return at;
  }

  async listFiles(treeId: string): Promise<readonly TreeFile[]> {
    const known = this.#lists.get(treeId);
    if (known !== undefined) return known;
    const files: TreeFile[] = [];
    await this.#collect(treeId, '', files, 0);
    files.sort((a, b) => compareBytes(a.path, b.path));
    this.#lists.set(treeId, files);
    return files;
  }

  async #collect(treeId: string, prefix: string, files: TreeFile[], depth: number): Promise<void> {
    if (depth > maxTreeDepth)
      throw new GitError('refused', `${this.#name} has folders nested deeper than ${maxTreeDepth}`);
    for (const { name, kind, id } of await this.#tree(treeId)) {
      if (kind === 'tree') await this.#collect(id, `${prefix}${name}/`, files, depth + 1);
      else files.push({ path: prefix + name, kind, id });
    }
  }

  async readBlobs(ids: readonly string[]): Promise<Uint8Array[]> {
    const blobs: Uint8Array[] = [];
    for (const id of ids) {
      const { object } = await this.#read(id, (options) => git.readObject({ ...options, format: 'content' }));
      const bytes = object as Uint8Array;
      if (bytes.length > maxBlobBytes) {
        throw new GitError(
          'refused',
          `${this.#name} has a file of ${bytes.length >> 20} MiB (${id}); ${maxBlobBytes >> 20} MiB are the limit`,
        );
      }
      blobs.push(Uint8Array.prototype.slice.call(bytes));
    }
    return blobs;
  }

  /** History is walked as far as it is here: a parent that isn't (the end of a shallow mirror) is an end. */
  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const seen = new Set([descendant]);
    for (const id of seen) {
      if (id === ancestor) return true;
      if (seen.size > ancestryLimit) return false;
      const commit = await this.#commitIfHere(id);
      for (const parent of commit?.parents ?? []) seen.add(parent);
    }
    return false;
  }

  commitsSince(former: string, head: string): Promise<Commit[]> {
    return commitsSince((id) => this.#commitIfHere(id), former, head);
  }

  async #commitIfHere(id: string): Promise<Commit | undefined> {
    try {
      return await this.commit(id);
    } catch (error) {
      if (error instanceof ObjectMissing) return undefined;
      throw error;
    }
  }

  async #tree(id: string): Promise<readonly TreeEntry[]> {
    const known = this.#trees.get(id);
    if (known !== undefined) return known;
    const { tree } = await this.#read(id, (options) => git.readTree(options));
    const entries = tree.map(({ mode, path, oid }) => ({
      name: path,
      kind: kinds[mode.padStart(6, '0')] ?? 'file',
      id: oid,
    }));
    this.#trees.set(id, entries);
    return entries;
  }

  async #read<T>(
    oid: string,
    read: (options: { fs: typeof syncFs; gitdir: string; oid: string; cache: object }) => Promise<T>,
  ): Promise<T> {
    if (!/^[0-9a-f]{40}$/.test(oid)) throw new GitError('refused', `Not the id of a Git object: ${oid}`);
    for (const gitdir of this.#gitdirs) {
      try {
        return await read({ fs: syncFs, gitdir, oid, cache: this.#packs });
      } catch (cause) {
        if (!isNotFound(cause)) {
          throw new GitError('corrupt', `${this.#name} is damaged: object ${oid} can't be read`, { cause });
        }
      }
    }
    throw new ObjectMissing('not-found', `${this.#name} has no object ${oid}`);
  }
}

/** What the id names isn't here: it never was, or the repo has lost it. */
export class ObjectMissing extends GitError {}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'NotFoundError';
}

/** The order of UTF-8 bytes; JavaScript's own differs from it only where there are surrogates. */
function compareBytes(a: string, b: string): number {
  if (/[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
