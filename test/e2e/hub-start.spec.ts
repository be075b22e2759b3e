import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, runProgram, startHub, type TestHub, TestRepo, until } from '@muster/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/** What a hub does where it can't start, and how it comes and goes with its database. */
describe('a hub', () => {
  let folder: string;
  let repo: TestRepo;
  let hub: TestHub | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-start-'));
    repo = await TestRepo.create(join(folder, 'repo'));
    await repo.commit({ 'README.md': 'an empty fleet\n' });
  });

  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells with --help what can be set, and how', async () => {
    const { code, stdout } = await runProgram('hub', ['--help']);
    expect(code).toBe(0);
    for (const text of [
      '--data',
      '--git-url',
      '--http-port',
      'MUSTER_GIT_URL',
      'DATABASE_URL',
      'Default: 8080',
    ])
      expect(stdout).toContain(text);
  });

  it('names every setting that is wrong, and where it came from', async () => {
    const { code, stderr } = await run(['--http-port', 'many', '--certificate-life', '1 day'], {
      MUSTER_GUARD_PERCENT: '300',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/http-port "many" \(from the flag --http-port\)/);
    expect(stderr).toMatch(/certificate-life "1 day".*must be a duration/);
    expect(stderr).toMatch(/guard-percent "300" \(from the environment \(MUSTER_GUARD_PERCENT\)\)/);
    expect((await run(['--colour', 'red'])).stderr).toContain('--colour');
  });

  it('does not start without rights on its data folder, or with a file in its place', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o500 });
    // Nothing is closed to root but what the kernel itself refuses.
    for (const data of [file, process.getuid?.() === 0 ? '/sys/muster' : closed]) {
      const { code, stderr } = await run(['--data', data]);
      expect(code).toBe(2);
      expect(stderr).toContain(`the data folder ${data} can't be written`);
      expect(stderr).toContain('--data');
    }
  });

  it.each(['http', 'session', 'enrolment'])(
    'does not start when its %s port is in use, and leaves no database',
    async (which) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      const data = join(folder, `port-${which}`);
      try {
        const { code, stderr } = await run(['--data', data, `--${which}-port`, String(port)]);
        expect(code).toBe(2);
        expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`);
        expect(await postmaster(data)).toBeUndefined();
      } finally {
        other.close();
      }
    },
  );

  it('keeps its token from others, and does not share its data folder with a second hub', async () => {
    hub = await startHub({ gitUrl: repo.path });
    expect((await stat(join(hub.data, 'admin-token'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(hub.data, 'master-key'))).mode & 0o777).toBe(0o600);
    const { code, stderr } = await run(['--data', hub.data]);
    expect(code).toBe(2);
    expect(stderr).toContain('another hub runs on this data folder');
    expect((await hub.api.status()).repo.error).toBeNull();
  });

  it('stops its database with itself', async () => {
    hub = await startHub({ gitUrl: repo.path });
    const pid = await postmaster(hub.data);
    expect(await isAlive(pid)).toBe(true);
    await hub.program().kill('SIGTERM');
    expect(await hub.program().ended).toEqual({ code: 0, signal: null });
    expect(await isAlive(pid)).toBe(false);
    expect(await postmaster(hub.data)).toBeUndefined();
  });

  it('takes over the database that it left behind when it was killed, with all that was in it, and stops it in the end', async () => {
    hub = await startHub({ gitUrl: repo.path });
    const pid = await postmaster(hub.data);
    const { fleet } = await hub.api.status();
    const made = await hub.api.call<{ id: string }>('POST', 'join-tokens', { name: 'one' });
    await hub.kill();
    expect(await isAlive(pid)).toBe(true);
    await hub.start();
    expect(await postmaster(hub.data)).toBe(pid);
    expect((await hub.api.status()).fleet).toBe(fleet);
    const { items } = await hub.api.call<{ items: { id: string }[] }>('GET', 'join-tokens');
    expect(items.map((it) => it.id)).toContain(made.id);
    await hub.program().kill('SIGTERM');
    expect(await isAlive(pid)).toBe(false);
  });

  it('ends when its database was killed, and has everything again after the next start', async () => {
    hub = await startHub({ gitUrl: repo.path });
    const { fleet } = await hub.api.status();
    process.kill((await postmaster(hub.data))!, 'SIGKILL');
    expect((await hub.program().ended).code).toBe(1);
    expect(await hub.program().log()).toContain('PostgreSQL ended');
    await hub.start();
    expect((await hub.api.status()).fleet).toBe(fleet);
  });

  it('does not start with another master key than the one that its database was made with', async () => {
    hub = await startHub({ gitUrl: repo.path });
    await hub.program().kill('SIGTERM');
    const key = join(hub.data, 'master-key');
    await rename(key, `${key}-aside`);
    const { code, stderr } = await run(['--data', hub.data]);
    expect(code).toBe(2);
    expect(stderr).toContain('master key');
    await rm(key, { force: true });
    await rename(`${key}-aside`, key);
    await hub.start();
  });

  it('answers nobody without a token', async () => {
    hub = await startHub({ gitUrl: repo.path });
    const answer = await fetch(`${hub.url}/api/v1/status`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    await until(
      'the revision',
      () => hub!.api.revisions(),
      ([it]) => it?.state === 'Good',
    );
  });

  async function run(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [http, session, enrolment] = await freePorts(3);
    const given = (name: string) => flags.includes(name);
    const defaults: readonly (readonly [string, string])[] = [
      ['--data', join(folder, 'unused')],
      ['--git-url', repo.path],
      ['--http-port', String(http)],
      ['--session-port', String(session)],
      ['--enrolment-port', String(enrolment)],
    ];
    return runProgram('hub', [...defaults.filter(([name]) => !given(name)).flat(), ...flags], {
      env: { ...env, XDG_CONFIG_HOME: join(folder, 'config') },
    });
  }
});

/** The number of the database's first process, while there is one. */
async function postmaster(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postgres', 'db', 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.split('\n')[0]);
}

async function isAlive(pid: number | undefined): Promise<boolean> {
  try {
    process.kill(pid!, 0);
  } catch {
    return false;
  }
  // In a container whose first process reaps nobody, a dead process keeps its number.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) Z /.test(status);
}
