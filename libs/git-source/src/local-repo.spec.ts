import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile, mkdir, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitSource, openGitSource } from './index.ts';

describe('a local repo, read in place', () => {
  let folder: string;
  let repo: string;
  const sources: GitSource[] = [];

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repo,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Ann',
        GIT_AUTHOR_EMAIL: 'ann@example.com',
        GIT_COMMITTER_NAME: 'Ann',
        GIT_COMMITTER_EMAIL: 'ann@example.com',
      },
    })
      .toString()
      .trim();
  const commit = async (files: Record<string, string>, message = 'Change') => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(repo, path, '..'), { recursive: true });
      await writeFile(join(repo, path), text);
    }
    git('add', '-A');
    git('commit', '-q', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  const open = (url = repo, ref = '') => {
    const source = openGitSource({ remote: { url, ref }, dataDir: folder });
    sources.push(source);
    return source;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-repo-'));
    repo = join(folder, 'repo');
    await mkdir(repo);
    git('init', '-q', '-b', 'main');
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
    await rm(folder, { recursive: true });
  });

  it('gives the newest commit of the branch that is checked out', async () => {
    const sha = await commit({ 'a.yaml': 'a' }, 'First\n\nMuster-Allow-Delete: shop');
    const found = await open().fetch();
    expect(found).toMatchObject({
      sha,
      parents: [],
      author: 'Ann <ann@example.com>',
      message: 'First\n\nMuster-Allow-Delete: shop',
    });
  });

  it('sees a new commit at once, loose or packed', async () => {
    await commit({ 'a.yaml': 'a' });
    const source = open();
    await source.fetch();
    const second = await commit({ 'a.yaml': 'b' });
    expect((await source.fetch()).sha).toBe(second);
    git('gc', '-q');
    const third = await commit({ 'a.yaml': 'c' });
    git('gc', '-q');
    const found = await source.fetch();
    expect(found.sha).toBe(third);
    const file = await source.resolvePath(found.treeId, 'a.yaml');
    expect(Buffer.from((await source.readBlobs([file!.id]))[0]!).toString()).toBe('c');
    expect(await source.isAncestor(second, third)).toBe(true);
    expect(await source.isAncestor(third, second)).toBe(false);
  });

  it('lists files in the order of their bytes, with symlinks, programs and submodules named as such', async () => {
    await commit({ 'a/b.yaml': '1', 'a.yaml': '2', 'a0.yaml': '3', 'é.yaml': '4', 'run.sh': '5' });
    await chmod(join(repo, 'run.sh'), 0o755);
    await symlink('/etc/passwd', join(repo, 'link'));
    git('add', '-A');
    git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    git('commit', '-q', '-m', 'More');
    const source = open();
    const files = await source.listFiles((await source.fetch()).treeId);
    expect(files.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'a.yaml file',
      'a/b.yaml file',
      'a0.yaml file',
      'link symlink',
      'run.sh executable',
      'sub submodule',
      'é.yaml file',
    ]);
  });

  it('resolves paths to trees and blobs, and to nothing where there is nothing', async () => {
    await commit({ 'a/b/c.yaml': '1' });
    const source = open();
    const { treeId } = await source.fetch();
    expect(await source.resolvePath(treeId, '')).toEqual({ id: treeId, kind: 'tree' });
    expect(await source.resolvePath(treeId, './a/b')).toMatchObject({ kind: 'tree' });
    expect(await source.resolvePath(treeId, 'a/b/c.yaml')).toMatchObject({ kind: 'file' });
    expect(await source.resolvePath(treeId, 'a/x')).toBeUndefined();
    expect(await source.resolvePath(treeId, 'a/b/c.yaml/d')).toBeUndefined();
    expect(await source.resolvePath(treeId, '..')).toBeUndefined();
  });

  it('reads branches, tags, bare repos, linked work trees and repos that borrow objects', async () => {
    const first = await commit({ 'a.yaml': '1' });
    git('tag', '-a', '-m', 'One', 'v1');
    git('checkout', '-q', '-b', 'next');
    const second = await commit({ 'a.yaml': '2' });
    git('worktree', 'add', '-q', join(folder, 'tree'), 'main');
    git('clone', '-q', '--bare', repo, join(folder, 'bare.git'));
    git('clone', '-q', '--shared', repo, join(folder, 'shared'));
    expect((await open(repo, 'main').fetch()).sha).toBe(first);
    expect((await open(repo, 'v1').fetch()).sha).toBe(first);
    expect((await open(repo, 'refs/heads/next').fetch()).sha).toBe(second);
    expect((await open(join(folder, 'tree')).fetch()).sha).toBe(first);
    expect((await open(join(folder, 'bare.git')).fetch()).sha).toBe(second);
    const shared = open(join(folder, 'shared'));
    expect(await shared.listFiles((await shared.fetch()).treeId)).toHaveLength(1);
  });

  it('says what is wrong', async () => {
    await expect(open().fetch()).rejects.toMatchObject({
      fault: 'no-such-ref',
      message: `${repo} has no commit yet`,
    });
    await commit({ 'a.yaml': '1' });
    await expect(open(repo, 'nope').fetch()).rejects.toMatchObject({
      fault: 'no-such-ref',
      message: `${repo} has no branch or tag named nope`,
    });
    await expect(open(join(folder, 'away')).fetch()).rejects.toMatchObject({ fault: 'not-found' });
    await expect(open(folder).fetch()).rejects.toMatchObject({
      fault: 'not-found',
      message: `${folder} is not a Git repo`,
    });
    await expect(open().commit('0'.repeat(40))).rejects.toMatchObject({ fault: 'not-found' });
  });

  it('reads a repo that comes to be later', async () => {
    const source = open(join(folder, 'later'));
    await expect(source.fetch()).rejects.toMatchObject({ fault: 'not-found' });
    const sha = await commit({ 'a.yaml': '1' });
    git('clone', '-q', repo, join(folder, 'later'));
    expect((await source.fetch()).sha).toBe(sha);
  });
});
