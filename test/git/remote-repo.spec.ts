import { readdirSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitRemote, type GitSource, openGitSource } from '@muster/git-source';
import { type GitServer, type GitServerOptions, startGitServer } from '../src/git/index.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('a remote repo', () => {
  let dataDir: string;
  const sources: GitSource[] = [];
  const servers: GitServer[] = [];

  const serve = async (options?: GitServerOptions) => {
    const server = await startGitServer(options);
    servers.push(server);
    return server;
  };
  const open = (remote: Partial<GitRemote> & { url: string }, server?: GitServer) => {
    const ca = server?.ca === undefined ? {} : { ca: server.ca };
    const source = openGitSource({ remote: { ref: '', ...ca, ...remote }, dataDir });
    sources.push(source);
    return source;
  };
  const textAt = async (source: GitSource, treeId: string, path: string) => {
    const entry = await source.resolvePath(treeId, path);
    return Buffer.from((await source.readBlobs([entry!.id]))[0]!).toString();
  };
  const packFolder = () => {
    const [mirror] = readdirSync(join(dataDir, 'git'));
    return join(dataDir, 'git', mirror!, 'objects/pack');
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'muster-mirror-'));
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await rm(dataDir, { recursive: true });
  });

  describe.each([
    ['https', { tls: true }],
    ['http', {}],
    ['a server of protocol 1', { protocol2: false }],
  ] as const)('over %s', (_, options) => {
    it('is fetched, and what changed after that', async () => {
      const server = await serve(options);
      const repo = await server.createRepo('fleet');
      await repo.commit({ 'a/x.yaml': 'old' });
      const first = await repo.commit({ 'a/x.yaml': 'one', 'b.yaml': 'b' }, 'First');
      const source = open({ url: repo.url }, server);
      const found = await source.fetch();
      expect(found).toMatchObject({ sha: first, message: 'First' });
      expect(await textAt(source, found.treeId, 'a/x.yaml')).toBe('one');
      const second = await repo.commit({ 'a/x.yaml': 'two' });
      const third = await repo.commit({ 'b.yaml': null });
      const changed = await source.fetch();
      expect(changed.sha).toBe(third);
      const since = await source.commitsSince(first, third);
      expect(since.map((it) => it.sha).sort()).toEqual([second, third].sort());
      expect((await source.listFiles(changed.treeId)).map(({ path }) => path)).toEqual(['a/x.yaml']);
      expect(await textAt(source, changed.treeId, 'a/x.yaml')).toBe('two');
      expect(await source.isAncestor(first, third)).toBe(true);
    });

    it('is known to be force-pushed', async () => {
      const server = await serve(options);
      const repo = await server.createRepo('fleet');
      await repo.commit({ 'a.yaml': '1' });
      const source = open({ url: repo.url }, server);
      await source.fetch();
      const lost = await repo.commit({ 'a.yaml': '2' });
      await source.fetch();
      await repo.work.git('reset', '-q', '--hard', 'HEAD~1');
      const kept = await repo.commit({ 'a.yaml': '3' });
      const found = await source.fetch();
      expect(found.sha).toBe(kept);
      expect(await textAt(source, found.treeId, 'a.yaml')).toBe('3');
      expect(await source.isAncestor(lost, kept)).toBe(false);
    });
  });

  it('costs one small request when nothing is new', async () => {
    const server = await serve({ tls: true });
    const repo = await server.createRepo('fleet');
    await repo.commit({ 'a.yaml': 'x'.repeat(100_000) });
    for (let i = 0; i < 50; i++)
      await repo.work.git('push', '-q', 'origin', `HEAD:refs/heads/other-branch-${i}`);
    const source = open({ url: repo.url }, server);
    await source.fetch();
    server.takeTraffic();
    await source.fetch();
    const { requests, bytesIn, bytesOut } = server.takeTraffic();
    expect(requests).toBe(1);
    expect(bytesIn + bytesOut).toBeLessThan(2048);
  });

  it('costs two requests when something is', async () => {
    const server = await serve({ tls: true });
    const repo = await server.createRepo('fleet');
    await repo.commit({ 'a.yaml': '1', 'large.txt': 'x'.repeat(500_000) });
    const source = open({ url: repo.url }, server);
    await source.fetch();
    await repo.commit({ 'a.yaml': '2' });
    server.takeTraffic();
    await source.fetch();
    const { requests, bytesOut } = server.takeTraffic();
    expect(requests).toBe(2);
    expect(bytesOut).toBeLessThan(3000);
  });

  it('goes on from the mirror of an earlier run', async () => {
    const server = await serve();
    const repo = await server.createRepo('fleet');
    const first = await repo.commit({ 'a.yaml': '1' });
    const before = open({ url: repo.url });
    await before.fetch();
    await before.close();
    const second = await repo.commit({ 'a.yaml': '2' });
    const after = open({ url: repo.url });
    expect((await after.fetch()).sha).toBe(second);
    expect(await after.isAncestor(first, second)).toBe(true);
  });

  it('takes branches and tags, each by its name', async () => {
    const server = await serve();
    const repo = await server.createRepo('fleet', { branch: 'trunk' });
    const first = await repo.commit({ 'a.yaml': '1' });
    await repo.work.git('tag', '-a', '-m', 'One', 'v1');
    await repo.work.git('push', '-q', 'origin', 'v1');
    const second = await repo.commit({ 'a.yaml': '2' });
    expect((await open({ url: repo.url }).fetch()).sha).toBe(second);
    expect((await open({ url: repo.url, ref: 'trunk' }).fetch()).sha).toBe(second);
    const tag = open({ url: repo.url, ref: 'v1' });
    expect((await tag.fetch()).sha).toBe(first);
    expect((await tag.fetch()).sha).toBe(first);
    await expect(open({ url: repo.url, ref: 'nope' }).fetch()).rejects.toMatchObject({
      fault: 'no-such-ref',
    });
  });

  it('is read with credentials, from the URL, by token or from a file, which may change', async () => {
    const auth = { username: 'ann', password: 's3cret' };
    const server = await serve({ tls: true, auth });
    const repo = await server.createRepo('fleet');
    const sha = await repo.commit({ 'a.yaml': '1' });
    const tokenFile = join(dataDir, 'token');
    writeFileSync(tokenFile, 'wrong\n');
    const withFile = open({ url: repo.url, username: 'ann', tokenFile }, server);
    await expect(withFile.fetch()).rejects.toMatchObject({ fault: 'unauthorized' });
    writeFileSync(tokenFile, 's3cret\n');
    expect((await withFile.fetch()).sha).toBe(sha);
    expect((await open({ url: repo.url, username: 'ann', token: 's3cret' }, server).fetch()).sha).toBe(sha);
    expect((await open({ url: repo.url.replace('//', '//ann:s3cret@') }, server).fetch()).sha).toBe(sha);
  });

  it('never tells credentials in an error', async () => {
    const server = await serve({ auth: { username: 'ann', password: 'right' } });
    const repo = await server.createRepo('fleet');
    await repo.commit({ 'a.yaml': '1' });
    const error: unknown = await open({ url: repo.url.replace('//', '//ann:s3cret@') })
      .fetch()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      fault: 'unauthorized',
      message: `${repo.url} does not accept the credentials (HTTP 401)`,
    });
    expect(JSON.stringify([error, String((error as Error).cause), (error as Error).stack])).not.toContain(
      's3cret',
    );
    await expect(open({ url: repo.url }).fetch()).rejects.toMatchObject({
      message: `${repo.url} asks for credentials (HTTP 401)`,
    });
  });

  it('says what is wrong with it', async () => {
    const server = await serve({ tls: true });
    const repo = await server.createRepo('fleet');
    await expect(open({ url: repo.url }, server).fetch()).rejects.toMatchObject({
      fault: 'no-such-ref',
      message: `${repo.url} has no commit yet`,
    });
    await expect(open({ url: `${server.url}/nope.git` }, server).fetch()).rejects.toMatchObject({
      fault: 'not-found',
    });
    await expect(open({ url: repo.url }).fetch()).rejects.toMatchObject({ fault: 'unreachable' }); // without its CA
    server.intercept((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in</p>'),
    );
    await expect(open({ url: repo.url }, server).fetch()).rejects.toMatchObject({
      fault: 'not-found',
      message: expect.stringContaining('answers with a page') as string,
    });
    server.intercept((_request, response) => response.writeHead(503).end());
    await expect(open({ url: repo.url }, server).fetch()).rejects.toMatchObject({
      fault: 'unreachable',
      message: `${repo.url} answers HTTP 503`,
    });
  });

  it('is away for a while, and comes back', async () => {
    const server = await serve();
    const repo = await server.createRepo('fleet');
    const sha = await repo.commit({ 'a.yaml': '1' });
    const source = open({ url: repo.url });
    const { treeId } = await source.fetch();
    server.intercept((request) => request.socket.destroy());
    await expect(source.fetch()).rejects.toMatchObject({ fault: 'unreachable' });
    expect(await source.listFiles(treeId)).toHaveLength(1);
    server.intercept(undefined);
    expect((await source.fetch()).sha).toBe(sha);
  });

  it('may redirect to the same place, but not to one that only the hub can reach', async () => {
    const server = await serve();
    const repo = await server.createRepo('fleet');
    const sha = await repo.commit({ 'a.yaml': '1' });
    const passing = await serve();
    const to = (target: string) =>
      passing.intercept((request, response) =>
        response.writeHead(302, { location: `${target}${request.url?.replace('/moved', '')}` }).end(),
      );
    to('http://169.254.169.254');
    await expect(open({ url: `${passing.url}/x.git` }).fetch()).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('not https') as string,
    });
    to('https://169.254.169.254');
    await expect(open({ url: `${passing.url}/x.git` }).fetch()).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('link-local') as string,
    });
    to('https://[::ffff:169.254.169.254]');
    await expect(open({ url: `${passing.url}/x.git` }).fetch()).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('link-local') as string,
    });
    to(passing.url);
    await expect(open({ url: `${passing.url}/x.git` }).fetch()).rejects.toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining('too often') as string,
    });
    const secure = await serve({ tls: true, auth: { username: 'never', password: 'sent' } });
    to(secure.url);
    await expect(
      open({ url: `${passing.url}/fleet.git`, token: 'mine', username: 'ann' }, secure).fetch(),
    ).rejects.toMatchObject({ fault: 'unauthorized' });
    expect(sha).toBe((await open({ url: repo.url }).fetch()).sha);
  });

  it.each(['truncated', 'garbled', 'lost'] as const)(
    'is fetched anew when the mirror is %s',
    async (harm) => {
      const server = await serve();
      const repo = await server.createRepo('fleet');
      const sha = await repo.commit({ 'a.yaml': 'x'.repeat(2000), 'b/c.yaml': 'y' });
      const before = open({ url: repo.url });
      const { treeId } = await before.fetch();
      await before.close();
      for (const name of readdirSync(packFolder()).filter((file) => file.endsWith('.pack'))) {
        const file = join(packFolder(), name);
        if (harm === 'lost') rmSync(file);
        else if (harm === 'truncated') truncateSync(file, Math.floor(statSync(file).size / 2));
        else writeFileSync(file, Buffer.alloc(statSync(file).size, 7));
      }
      const after = open({ url: repo.url });
      expect((await after.fetch()).sha).toBe(sha);
      expect(await textAt(after, treeId, 'b/c.yaml')).toBe('y');
    },
  );

  it('keeps its packs few', async () => {
    const server = await serve();
    const repo = await server.createRepo('fleet');
    const first = await repo.commit({ 'a.yaml': 'begin' });
    const source = open({ url: repo.url });
    await source.fetch();
    let last = first;
    for (let i = 0; i < 45; i++) {
      last = await repo.commit({ 'a.yaml': `${i}` });
      await source.fetch();
    }
    expect(readdirSync(packFolder()).length).toBeLessThan(30);
    expect(await source.isAncestor(first, last)).toBe(true);
    expect(await textAt(source, (await source.commit(last)).treeId, 'a.yaml')).toBe('44');
    expect(await textAt(source, (await source.commit(first)).treeId, 'a.yaml')).toBe('begin');
  });

  it('gives up when it is told to', async () => {
    const server = await serve();
    server.intercept(() => undefined);
    const abort = new AbortController();
    const fetching = open({ url: `${server.url}/x.git` }).fetch({ signal: abort.signal });
    abort.abort(new Error('the hub stops'));
    await expect(fetching).rejects.toThrow('the hub stops');
  });
});
