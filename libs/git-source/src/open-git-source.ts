import type { GitRemote, GitSource } from './port.ts';
import { locate } from './remote-url.ts';
import { ThreadedSource } from './thread/threaded-source.ts';

export interface GitSourceOptions {
  readonly remote: GitRemote;
  /** The hub's own folder; mirrors lie in `git/` there. */
  readonly dataDir: string;
}

/**
 * Opens a repo without touching it yet: the first call does. Throws `GitError` (`refused`) at once for what could
 * never be fetched: another scheme, a ref that isn't one.
 */
export function openGitSource(options: GitSourceOptions): GitSource {
  locate(options.remote);
  return new ThreadedSource(options);
}
