import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const runFile = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../..');
const writtenFolder = '/tmp/muster-demo';

/** What each block of README's tutorial shows, in its order, so that the text about it stays true. */
const shown = [
  { title: 'looks at the fleet', output: /5 of 5 connected; 5 Synced; 5 Healthy/ },
  { title: 'changes something', output: /greeting: good day/ },
  { title: 'moves a workload with a label', output: /dev-eu +cache .*Synced +Healthy/ },
  { title: 'heals what was deleted', output: /checkout +2 / },
  {
    title: 'refuses a mistake',
    output: /checkout\/muster\.yaml:8:3 .*"tragets" is unknown\. Did you mean "targets"/,
  },
  { title: 'stops everything', output: /Paused: the whole fleet.*trying the emergency stop/ },
];

describe("README's tutorial", () => {
  let folder: string;
  let demo: ChildProcess;
  let ended: Promise<unknown>;
  let env: NodeJS.ProcessEnv;
  let blocks: readonly string[];

  const here = (command: string): string => command.replaceAll(writtenFolder, join(folder, 'demo'));
  const printed = (): Promise<string> => readFile(join(folder, 'demo.log'), 'utf8');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-tutorial-'));
    // The embedded PostgreSQL of a hub that runs as root is another user, who must get through.
    await chmod(folder, 0o755);
    const readme = await readFile(join(checkout, 'README.md'), 'utf8');
    blocks = blocksOf(readme, 'tutorial');
    const [start = ''] = blocksOf(readme, 'tutorial: demo');
    const [http, session, enrolment] = await freePorts(3);
    env = {
      ...process.env,
      PATH: [join(checkout, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
      XDG_CONFIG_HOME: join(folder, 'config'),
      KUBECACHEDIR: join(folder, 'kubectl'),
    };
    for (const name of ['MUSTER_URL', 'MUSTER_TOKEN']) delete env[name];
    const ports = `--http-port ${http} --session-port ${session} --enrolment-port ${enrolment}`;
    const log = openSync(join(folder, 'demo.log'), 'a');
    demo = spawn('bash', ['-euo', 'pipefail', '-c', `${here(start).trim()} ${ports}`], {
      cwd: checkout,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    ended = once(demo, 'exit');
    await until('the tour', printed, (text) => text.includes('Ctrl-C stops everything'), {
      timeoutMs: 240_000,
    });
  });

  afterAll(async () => {
    if (demo.exitCode === null && demo.signalCode === null) toGroup(demo, 'SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });

  it('begins with five clusters that become Synced and Healthy', async () => {
    expect(await printed()).toContain('Five clusters are Synced and Healthy');
    expect(blocks).toHaveLength(shown.length);
  });

  it.each(shown.map((it, index) => ({ ...it, index })))('$title', async ({ index, output }) => {
    const { stdout, stderr } = await runFile(
      'bash',
      ['-euo', 'pipefail', '-c', here(withoutMissing(blocks[index]!))],
      { cwd: checkout, env, timeout: 60_000 },
    );
    expect(stdout + stderr).toMatch(hasKubectl || !isOfKubectl(output) ? output : /./);
  });

  it('tells in its terminal how far a commit has come', async () => {
    expect(await printed()).toMatch(/✓ 3 of 3 targeted clusters in \d+\.\d s/);
  });

  describe('and the tour that the demo prints', () => {
    let stops: readonly string[];

    beforeAll(async () => {
      stops = [...(await printed()).matchAll(/^ \d\. .*\n {4}(.+)$/gm)].map(([, command]) => command!);
      expect(stops).toHaveLength(5);
    });

    it('brings a commit to the three production clusters', async () => {
      const before = (await printed()).length;
      await paste(stops[0]!);
      await news(before, '✓ 3 of 3 targeted clusters');
    });

    it('lets a workload follow a label', async () => {
      expect(await paste(stops[1]!)).toContain('cluster/dev-eu labelled');
      await paste('npx muster wait --for synced --timeout 30s');
      expect(await paste('npx muster get assignments --cluster dev-eu')).toContain('cache');
    });

    it.skipIf(!hasKubectl)('brings back what is deleted', () => pasteUntil(stops[2]!, /^checkout +2 /m));

    it('refuses a mistake, and takes it back as it says', async () => {
      const before = (await printed()).length;
      await paste(stops[3]!);
      await news(before, 'is refused; nothing changes');
      await news(before, 'Did you mean "targets"?');
      const [, undo] = /take it back with: (.+)$/m.exec(await printed())!;
      await paste(undo!);
      await news(before, 'Revert');
    });

    it.skipIf(!hasKubectl)(
      'goes on healing while the hub is dead, and starts it again',
      async () => {
        const before = (await printed()).length;
        await pasteUntil(stops[4]!, /^checkout +2 /m);
        await news(before, 'The hub has ended. The agents go on without it');
        await news(before, 'The hub is back.');
      },
      120_000,
    );
  });

  it('ends cleanly on Ctrl-C and leaves no process behind', async () => {
    toGroup(demo, 'SIGINT');
    // npm tells that it was interrupted, as an exit code or as a signal.
    expect([
      [130, null],
      [null, 'SIGINT'],
    ]).toContainEqual(await ended);
    expect(await printed()).toContain('Stopping');
    const { stdout } = await runFile('ps', ['-eo', 'pid=,args=']);
    expect(stdout.split('\n').filter((line) => line.includes(folder))).toEqual([]);
  });

  async function paste(command: string): Promise<string> {
    const { stdout } = await runFile('bash', ['-c', command], { cwd: checkout, env, timeout: 60_000 });
    return stdout;
  }

  /** For a command that goes on for ever: waits for what it is to show, and ends it. */
  async function pasteUntil(command: string, wanted: RegExp): Promise<void> {
    const shell = spawn('bash', ['-c', command], { cwd: checkout, env, detached: true });
    let output = '';
    shell.stdout.on('data', (data: Buffer) => (output += data.toString()));
    shell.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const closed = once(shell, 'close');
    try {
      await until(
        'the object',
        () => Promise.resolve(output),
        (text) => wanted.test(text),
      );
    } finally {
      toGroup(shell, 'SIGKILL');
      await closed;
    }
  }

  async function news(from: number, wanted: string): Promise<void> {
    await until(
      wanted,
      async () => (await printed()).slice(from),
      (text) => text.includes(wanted),
      { timeoutMs: 60_000 },
    );
  }
});

/** The shell blocks that stand right behind a mark. */
function blocksOf(markdown: string, mark: string): string[] {
  const pattern = new RegExp(`<!-- ${mark} -->\\s+\`\`\`sh\\n([\\s\\S]*?)\`\`\``, 'g');
  return [...markdown.matchAll(pattern)].map(([, block]) => block!);
}

const hasKubectl = ((): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Without kubectl, what is left of a block is still tried. */
function withoutMissing(block: string): string {
  if (hasKubectl) return block;
  return block
    .split('\n')
    .filter((line) => !line.includes('kubectl'))
    .join('\n');
}

function isOfKubectl(output: RegExp): boolean {
  return /greeting|checkout \+2/.test(output.source);
}

function toGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
  if (leader.pid !== undefined) process.kill(-leader.pid, signal);
}
