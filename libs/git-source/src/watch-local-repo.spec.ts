import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchLocalRepo } from './watch-local-repo.ts';

describe('watching a local repo', () => {
  let repo: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repo, stdio: 'pipe' });

  beforeEach(() => {
    repo = mkdtempSync(join(tmpdir(), 'watched-'));
    git('init', '-q', '-b', 'main');
    git('commit', '-q', '--allow-empty', '-m', 'Start');
  });

  afterEach(() => rmSync(repo, { recursive: true, force: true }));

  /** Changes the repo a few times, each time only once what went before was heard. */
  async function hears(...changes: (() => void)[]): Promise<void> {
    let heard = () => {};
    const stop = watchLocalRepo({ url: repo, ref: '' }, () => heard());
    for (const change of changes) {
      const next = new Promise<void>((resolve) => (heard = resolve));
      change();
      await next;
      await quiet();
    }
    stop?.();
  }

  /** Lets what the last change still has to tell arrive, so that it isn't taken for the next one's. */
  async function quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }

  const commit = () => void git('commit', '-q', '--allow-empty', '-m', 'More');

  it('hears each commit, and not just the first', () => hears(commit, commit, commit));

  it('hears commits to a branch in a folder that is made, packed away and made again', () =>
    hears(
      () => void git('checkout', '-q', '-b', 'team/one'),
      commit,
      () => void git('pack-refs', '--all'),
      commit,
    ));

  it('has nothing to watch for a remote repo or a folder that is not there', () => {
    expect(
      watchLocalRepo({ url: 'https://git.example.com/fleet.git', ref: '' }, () => undefined),
    ).toBeUndefined();
    expect(watchLocalRepo({ url: join(repo, 'nowhere'), ref: '' }, () => undefined)).toBeUndefined();
  });
});
