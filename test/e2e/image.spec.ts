import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** No containers here: the image's files in a folder of their own, and its entry point on this machine's Node. */
describe("the agent's image", () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-image-'));
    file = await readFile(join(root, 'deploy/agent.Containerfile'), 'utf8');
    for (const [, from, to] of file.matchAll(/^COPY (\S+) (\S+)$/gm)) {
      await mkdir(dirname(join(folder, to!)), { recursive: true });
      await copyFile(join(root, from!), join(folder, to!));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds all that the agent needs, and starts it', async () => {
    const [program, ...args] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(file)![1]!) as string[];
    expect(program).toBe('node');
    const inFolder = args.map((arg) => (arg.startsWith('/') ? join(folder, arg) : arg));
    const { stdout } = await run(process.execPath, [...inFolder, '--help'], { env: {}, cwd: folder });
    expect(stdout).toContain('--join-token');
  });

  it('runs as the user that the manifests ask for', () => {
    expect(/^USER (\d+)/m.exec(file)?.[1]).toBe('65532');
  });
});
