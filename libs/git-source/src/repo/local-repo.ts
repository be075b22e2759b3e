import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import git from 'isomorphic-git';
import type { Commit } from '../port.ts';
import { candidates, noSuchRef } from '../protocol/ls-refs.ts';
import { type LocalGitdir, findLocalGitdir } from './local-gitdir.ts';
import { ObjectReader } from './object-reader.ts';
import type { RepoReader } from './repo-reader.ts';
import { syncFs } from './sync-fs.ts';

/** A repo on this machine, read in place: what is committed there is seen at once, what isn't committed never. */
export class LocalRepo extends ObjectReader implements RepoReader {
  readonly #path: string;
  readonly #ref: string;
  readonly #gitdir: LocalGitdir;

  static open(path: string, ref: string): LocalRepo {
    return new LocalRepo(path, ref, findLocalGitdir(path));
  }

  private constructor(path: string, ref: string, gitdir: LocalGitdir) {
    super(path, [gitdir.common, ...gitdir.alternates]);
    this.#path = path;
    this.#ref = ref;
    this.#gitdir = gitdir;
  }

  async fetch(): Promise<Commit> {
    const names = this.#ref === '' ? [this.#head()] : candidates(this.#ref);
    for (const name of names) {
      const id = /^[0-9a-f]{40}$/.test(name) ? name : await this.#resolve(name);
      if (id !== undefined) return this.commit(id);
    }
    throw noSuchRef(this.#path, this.#ref);
  }

  idle(): void {
    this.forgetPacks();
  }

  async close(): Promise<void> {
    this.forgetPacks();
  }

  /** The branch that is checked out, or the commit where none is. */
  #head(): string {
    const head = readFileSync(join(this.#gitdir.head, 'HEAD'), 'utf8').trim();
    return head.replace(/^ref: /, '');
  }

  async #resolve(ref: string): Promise<string | undefined> {
    try {
      return await git.resolveRef({ fs: syncFs, gitdir: this.#gitdir.common, ref });
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      throw error;
    }
  }
}
