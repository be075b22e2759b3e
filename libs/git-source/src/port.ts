/** Where the fleet repo is. */
export interface GitRemote {
  /** `https://…`, `http://…`, or the path of a local repo, which is read in place. */
  readonly url: string;
  /** A branch or a tag; empty: the remote's default branch. */
  readonly ref: string;
  readonly token?: string;
  /** A file that holds the token; read at each fetch, so that it may be renewed. */
  readonly tokenFile?: string;
  /** Sent with the token; most servers take any. */
  readonly username?: string;
  /** PEM of certificate authorities to trust beside the system's. */
  readonly ca?: string;
}

export interface Commit {
  readonly sha: string;
  readonly treeId: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly committedAt: Date;
  /** Without the newline at its end. */
  readonly message: string;
}

/** `symlink` and `submodule` are named so that whoever reads a source can refuse them with the path. */
export type TreeEntryKind = 'file' | 'executable' | 'symlink' | 'submodule';

export interface TreeFile {
  /** From the repo's root, `/` between. */
  readonly path: string;
  readonly kind: TreeEntryKind;
  /** The blob's id. */
  readonly id: string;
}

/** The repo read by object id; there is no work tree. All methods reject with `GitError`. */
export interface GitSource {
  /** Asks the remote for the ref's newest commit and fetches what is missing. Cheap when nothing is new. */
  fetch(options?: { readonly signal?: AbortSignal }): Promise<Commit>;
  commit(sha: string): Promise<Commit>;
  /** The id of the tree (or blob) at a path of a commit's tree; `undefined` when there is none. */
  resolvePath(
    treeId: string,
    path: string,
  ): Promise<{ readonly id: string; readonly kind: TreeEntryKind | 'tree' } | undefined>;
  /** All files under a tree, in order of path as bytes; paths relative to that tree. Cached by tree id. */
  listFiles(treeId: string): Promise<readonly TreeFile[]>;
  /** Several blobs at once; in the order of the ids. */
  readBlobs(ids: readonly string[]): Promise<readonly Uint8Array[]>;
  /**
   * True when `ancestor` is an ancestor of `descendant`, or the same: false tells of a force push. A mirror begins with
   * the newest commit alone, and has all history from there on; a commit from before counts as no ancestor, since it
   * isn't known. So false is a reason to tell somebody, never one to refuse what the branch now is.
   */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /**
   * The commits that `head` has and `former`, an ancestor, hasn't; the newest first. At most 1,000, and no further than
   * the history that is here.
   */
  commitsSince(former: string, head: string): Promise<readonly Commit[]>;
  close(): Promise<void>;
}
