import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub.ts';
import { runCli } from '../testing/run-cli.ts';
import { findConnection, parseUrl } from './connection.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  await mkdir(join(home, '.config/muster'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

async function store(name: string, value: unknown): Promise<void> {
  await writeFile(join(home, '.config/muster', name), JSON.stringify(value));
}

describe('the hub that is talked to', () => {
  test('is the one on this machine, if nobody logged in', async () => {
    await writeFile(join(home, 'admin-token'), 'local-token\n');
    await store('local.json', { url: 'http://127.0.0.1:8080', tokenFile: join(home, 'admin-token') });
    expect(await findConnection({ env: {}, home }, {})).toMatchObject({
      url: 'http://127.0.0.1:8080',
      token: 'local-token',
    });
  });

  test('is looked for where the configuration of programs is', async () => {
    await store('config.json', { url: 'https://hub.example.com', token: 'a' });
    const env = { XDG_CONFIG_HOME: join(home, '.config') };
    expect(await findConnection({ env, home: '/nonexistent' }, {})).toMatchObject({ token: 'a' });
  });

  test('is the one of the login before that, and of the environment before both, and of flags before all', async () => {
    await store('local.json', { url: 'http://127.0.0.1:8080', tokenFile: '/nowhere' });
    await store('config.json', { url: 'https://hub.example.com', token: 'a' });
    const env = { MUSTER_URL: 'https://env.example.com/', MUSTER_TOKEN: 'b' };
    expect(await findConnection({ env: {}, home }, {})).toMatchObject({
      url: 'https://hub.example.com',
      token: 'a',
    });
    expect(await findConnection({ env, home }, {})).toMatchObject({
      url: 'https://env.example.com',
      token: 'b',
    });
    expect(await findConnection({ env, home }, { url: 'http://x', token: 'c' })).toMatchObject({
      url: 'http://x',
      token: 'c',
    });
  });

  test('never gets the token of another', async () => {
    await store('config.json', { url: 'https://hub.example.com', token: 'a' });
    await expect(findConnection({ env: {}, home }, { url: 'https://other.example.com' })).rejects.toThrow(
      'there is no token for the hub at https://other.example.com',
    );
  });

  test.each(['hub.example.com', 'ftp://x', ''])('is not %j', (text) => {
    expect(() => parseUrl(text)).toThrow('is not the URL of a hub');
  });
});

describe('muster login', () => {
  test('stores a token that the hub takes, for its owner alone', async () => {
    await using hub = await startFakeHub(() => ({ json: { version: '0.1.0', fleet: 'x' } }));
    expect(await runCli(['login', hub.url, '--token', 'secret'], { home })).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect((await stat(join(home, '.config/muster/config.json'))).mode & 0o777).toBe(0o600);
    expect(await findConnection({ env: {}, home }, {})).toMatchObject({ url: hub.url, token: 'secret' });
  });

  test('takes the token from stdin', async () => {
    await using hub = await startFakeHub(() => ({ json: { version: '0.1.0', fleet: 'x' } }));
    const result = await runCli(['login', hub.url], { home, readStdin: () => Promise.resolve('secret\n') });
    expect(result.exitCode).toBe(0);
  });

  test('stores nothing that the hub does not take', async () => {
    await using hub = await startFakeHub(() => ({ json: {} }));
    expect((await runCli(['login', hub.url, '--token', 'wrong'], { home })).exitCode).toBe(2);
    await expect(stat(join(home, '.config/muster/config.json'))).rejects.toThrow('ENOENT');
  });
});
