import { GitError } from '../errors.ts';
import type { Commit, TreeEntryKind, TreeFile } from '../port.ts';
import { fetchPack } from '../protocol/fetch-pack.ts';
import { type RemoteRef, findRemoteRef } from '../protocol/ls-refs.ts';
import { type Endpoint, type ServerInfo, discover } from '../protocol/smart-http.ts';
import { fetchByLibrary, findRefByLibrary } from './fetch-by-library.ts';
import type { MirrorStore } from './mirror-store.ts';
import { ObjectMissing, ObjectReader } from './object-reader.ts';
import type { RepoReader } from './repo-reader.ts';

const repairLimitMs = 10 * 60_000;

/**
 * A bare mirror of one ref of a remote. It begins with the newest commit alone and from then on fetches all history
 * that follows, so that a force push is told from an ordinary one. A poll without change is one small request; a
 * change is two. The mirror is nothing but a cache: one that is damaged is thrown away and fetched again.
 */
export class Mirror implements RepoReader {
  readonly #endpoint: Endpoint;
  readonly #ref: string;
  readonly #store: MirrorStore;
  #reader: ObjectReader;
  #server: ServerInfo | undefined;
  /** The head at which the mirror was last fetched anew, since objects were missing: once is enough to know that they are gone. */
  #repairedAt: string | undefined;
  #head: string | undefined;

  static async open(endpoint: Endpoint, ref: string, store: MirrorStore): Promise<Mirror> {
    await store.open();
    return new Mirror(endpoint, ref, store);
  }

  private constructor(endpoint: Endpoint, ref: string, store: MirrorStore) {
    this.#endpoint = endpoint;
    this.#ref = ref;
    this.#store = store;
    this.#reader = this.#newReader();
  }

  async fetch(signal: AbortSignal): Promise<Commit> {
    try {
      this.#server ??= await discover(this.#endpoint, signal);
      const found =
        this.#server.protocol === 2
          ? await findRemoteRef(this.#endpoint, this.#ref, signal)
          : await findRefByLibrary(this.#endpoint, this.#ref, signal);
      const commit = await this.#bringTo(found, signal);
      this.#head = commit.sha;
      return commit;
    } catch (error) {
      this.#server = undefined; // it may be another one now
      throw error;
    }
  }

  async #bringTo(found: RemoteRef, signal: AbortSignal): Promise<Commit> {
    try {
      if ((await this.#store.readRef(found.name)) !== found.id) await this.#update(found, signal);
      return await this.#reader.commit(found.commit);
    } catch (error) {
      if (!(error instanceof ObjectMissing) && !(error instanceof GitError && error.fault === 'corrupt'))
        throw error;
    }
    await this.#throwAway();
    await this.#update(found, signal);
    return this.#reader.commit(found.commit);
  }

  async #update(found: RemoteRef, signal: AbortSignal): Promise<void> {
    const known = await this.#store.readRef(found.name);
    const canBeShallow =
      this.#server?.protocol === 1 ||
      this.#server?.capabilities.some((line) => /^fetch=.*\bshallow\b/.test(line)) === true;
    const depth = known === undefined && canBeShallow ? 1 : undefined;
    if (this.#server?.protocol === 1) {
      await fetchByLibrary(this.#endpoint, this.#store, found, depth, signal);
    } else {
      const file = this.#store.newPackFile();
      const haves = known === undefined ? [] : [known];
      const answer = await fetchPack(
        this.#endpoint,
        { want: found.id, haves, shallow: this.#store.readShallow(), depth, file },
        signal,
      );
      await this.#takeIn(file);
      this.#store.changeShallow(answer.shallow, answer.unshallow);
    }
    const { treeId } = await this.#reader.commit(found.commit);
    await this.#reader.resolvePath(treeId, '.muster'); // reads the root tree: the ref is not moved to a commit that isn't here
    await this.#store.writeRef(found.name, found.id);
    if (await this.#store.consolidate()) this.#reader.forgetPacks();
  }

  async #takeIn(file: string): Promise<void> {
    try {
      await this.#store.takeIn(file);
    } catch (cause) {
      throw new GitError('corrupt', `${this.#endpoint.url.href} sent a pack that can't be read`, { cause });
    }
  }

  commit(sha: string): Promise<Commit> {
    return this.#reader.commit(sha);
  }

  resolvePath(
    treeId: string,
    path: string,
  ): Promise<{ id: string; kind: TreeEntryKind | 'tree' } | undefined> {
    return this.#repairing(() => this.#reader.resolvePath(treeId, path));
  }

  listFiles(treeId: string): Promise<readonly TreeFile[]> {
    return this.#repairing(() => this.#reader.listFiles(treeId));
  }

  readBlobs(ids: readonly string[]): Promise<readonly Uint8Array[]> {
    return this.#repairing(() => this.#reader.readBlobs(ids));
  }

  isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return this.#reader.isAncestor(ancestor, descendant);
  }

  commitsSince(former: string, head: string): Promise<readonly Commit[]> {
    return this.#reader.commitsSince(former, head);
  }

  idle(): void {
    this.#reader.forgetPacks();
  }

  async close(): Promise<void> {
    this.#endpoint.http.close();
  }

  /** Does the work; where the mirror turns out damaged, once more with a new one. */
  async #repairing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.#isDamage(error)) throw error;
    }
    this.#repairedAt = this.#head;
    await this.#throwAway();
    await this.fetch(AbortSignal.timeout(repairLimitMs));
    return work();
  }

  #isDamage(error: unknown): boolean {
    if (error instanceof ObjectMissing) return this.#repairedAt !== this.#head;
    return error instanceof GitError && error.fault === 'corrupt';
  }

  async #throwAway(): Promise<void> {
    await this.#store.wipe();
    this.#reader = this.#newReader();
  }

  #newReader(): ObjectReader {
    return new ObjectReader(this.#endpoint.url.href, [this.#store.gitdir]);
  }
}
