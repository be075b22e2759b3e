import type { Commit, GitSource } from '../port.ts';

/** What runs in the thread: a repo that can be brought up to date, and read. */
export interface RepoReader extends Omit<GitSource, 'fetch'> {
  fetch(signal: AbortSignal): Promise<Commit>;
  /** Called when nothing was asked for a while: lets go of what is large and can be read again. */
  idle(): void;
}
