import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubStartError, startHub } from '@muster/hub';
import { openStore, startEmbeddedPostgres } from '@muster/store';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleFiles, configMap, TestFleet, webhookSecret } from './support/fleet.ts';

describe('a hub that can not start says why, and leaves nothing behind', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({});
  });

  afterAll(() => fleet.stop());

  const start = (flags: string[], data: string) =>
    startHub({
      config: { ...fleet.config(flags), data },
      logger: pino({ level: 'silent' }),
      environment: {},
    });

  test('a port in use is named', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const data = await mkdtemp(join(tmpdir(), 'muster-taken-'));
    for (const flag of ['--http-port', '--session-port', '--enrolment-port']) {
      const failure = start([flag, String(port)], data);
      await expect(failure).rejects.toThrow(HubStartError);
      await expect(failure).rejects.toThrow(`${port}`);
    }
    taken.close();
    await (await startEmbeddedPostgres(data)).stop();
    await rm(data, { recursive: true });
  });

  test('a data folder that another hub uses is not shared', async () => {
    await expect(start([], fleet.config().data)).rejects.toThrow('another hub runs on this data folder');
  });

  test('a data folder that can not be one is named', async () => {
    const file = join(fleet.folder, 'file');
    await writeFile(file, '');
    await expect(start([], join(file, 'data'))).rejects.toThrow(
      `the data folder ${join(file, 'data')} can't be written`,
    );
    await expect(start([], '/proc/muster')).rejects.toThrow("the data folder /proc/muster can't be written");
  });

  test('a database that a newer hub has used is refused', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-newer-'));
    const store = await openStore({ dataDir: data });
    await store.sql.rows(
      `insert into migrations (timestamp, name) values (1999000000000, 'Later1999000000000')`,
    );
    await store.close();
    await expect(start([], data)).rejects.toThrow('a newer Muster has used this database');
    await rm(data, { recursive: true });
  });

  test('a database that is not there, or that lets nobody in, is told as that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-nowhere-'));
    const failure = startHub({
      config: { ...fleet.config(), data: folder, 'database-url': 'postgres://localhost:1/muster' },
      logger: pino({ level: 'silent' }),
      environment: {},
    });
    await expect(failure).rejects.toThrow(/^the database of database-url can't be used: .*ECONNREFUSED/);
    const noSocket = startHub({
      config: { ...fleet.config(), data: folder, 'database-url': `postgres:///muster?host=${folder}` },
      logger: pino({ level: 'silent' }),
      environment: {},
    });
    await expect(noSocket).rejects.toThrow(/^the database of database-url can't be used: .*ENOENT/);
    await rm(folder, { recursive: true });
  });

  test("another master key than the database's is refused", async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-key-'));
    await (await start([], data)).close();
    const key = join(data, 'master-key');
    await rename(key, `${key}-aside`);
    await expect(start([], data)).rejects.toThrow(`there is no master key file ${key}`);
    await expect(access(key)).rejects.toThrow('ENOENT');
    await writeFile(key, randomBytes(32).toString('base64'), { mode: 0o600 });
    await expect(start([], data)).rejects.toThrow('wrapped by master key');
    await rm(data, { recursive: true });
  });
});

describe('the embedded database', () => {
  test('is adopted from a hub that was killed, with all that was committed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-adopt-'));
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'support/hold-store.ts'), folder]);
    await once(holder.stdout, 'data');
    const pid = (await readFile(join(folder, 'postgres/db/postmaster.pid'), 'utf8')).split('\n')[0];
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const second = await openStore({ dataDir: folder });
    expect((await readFile(join(folder, 'postgres/db/postmaster.pid'), 'utf8')).split('\n')[0]).toBe(pid);
    expect(await second.sql.first('select reason from pauses')).toEqual({ reason: 'kept' });
    await second.close();
    await rm(folder, { recursive: true });
  });

  test('stays claimed when one of its processes crashes, and all sessions end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-crash-'));
    const first = await openStore({ dataDir: folder });
    const holders = `select pid from pg_locks where locktype = 'advisory' and granted and objid = ${0x6d737472}`;
    const holder = async () => (await first.sql.first<{ pid: number }>(holders).catch(() => undefined))?.pid;
    const before = (await holder())!;
    process.kill(before, 'SIGKILL');
    await vi.waitUntil(async () => ![undefined, before].includes(await holder()), { timeout: 30_000 });
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow('another hub runs on this data folder');
    expect(await holder()).toBeDefined();
    await first.close();
    await rm(folder, { recursive: true });
  });

  test('of another version is refused, in words', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-version-'));
    await (await startEmbeddedPostgres(folder)).stop();
    await writeFile(join(folder, 'postgres/db/PG_VERSION'), '12\n');
    await expect(startEmbeddedPostgres(folder)).rejects.toMatchObject({ fault: 'version-mismatch' });
    await rm(folder, { recursive: true });
  });
});

describe('a webhook', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start(bundleFiles('checkout', { fleet: 'shop' }));
  });

  afterAll(() => fleet.stop());

  const deliver = (body: string, signature: string): Promise<Response> =>
    fetch(`${fleet.hub.url}/api/v1/webhooks/git`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
      body,
    });

  test('that is signed has the commit announced at once', async () => {
    const agent = await fleet.join('eu-1', { fleet: 'shop' });
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    const sha = await fleet.repo.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'pushed' }),
    });
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const answer = await deliver(body, createHmac('sha256', webhookSecret).update(body).digest('hex'));
    expect(answer.status).toBe(202);
    await agent.desiredWhere('the push', (it) => it.assignments[0]?.revision === sha);
  });

  test('with a wrong signature, or none, is refused', async () => {
    expect((await deliver('{}', '00')).status).toBe(401);
    const unsigned = await fetch(`${fleet.hub.url}/api/v1/webhooks/git`, { method: 'POST' });
    expect(unsigned.status).toBe(401);
  });

  test('that is large, as those of pushes with many commits are, is taken', async () => {
    const body = JSON.stringify({ commits: 'x'.repeat(20 * 1024 * 1024) });
    const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
    expect((await deliver(body, signature)).status).toBe(202);
    expect((await deliver(`${body} `, signature)).status).toBe(401);
  });

  test('that is over-sized is refused before it is read', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${fleet.hub.url}/api/v1/webhooks/git`, {
        method: 'POST',
        headers: { 'content-length': 26 * 1024 * 1024, 'x-hub-signature-256': 'sha256=00' },
      })
        .on('response', (answer) => resolve(answer.statusCode))
        .on('error', reject)
        .flushHeaders();
    });
    expect(status).toBe(413);
  });
});
