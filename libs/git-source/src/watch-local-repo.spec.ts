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

  it('hears a commit', async () => {
    let stop: (() => void) | undefined;
    const heard = new Promise<void>((resolve) => {
      stop = watchLocalRepo({ url: repo, ref: '' }, resolve);
    });
    git('commit', '-q', '--allow-empty', '-m', 'More');
    await heard;
    stop?.();
  });

  it('has nothing to watch for a remote repo or a folder that is not there', () => {
    expect(
      watchLocalRepo({ url: 'https://git.example.com/fleet.git', ref: '' }, () => undefined),
    ).toBeUndefined();
    expect(watchLocalRepo({ url: join(repo, 'nowhere'), ref: '' }, () => undefined)).toBeUndefined();
  });
});
