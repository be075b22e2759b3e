import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repo with a work tree, made by the `git` program with an identity set and no configuration of this machine. */
export class TestRepo {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(path: string, options: { readonly branch?: string } = {}): Promise<TestRepo> {
    await mkdir(path, { recursive: true });
    const repo = new TestRepo(path);
    await repo.git('init', '-q', '-b', options.branch ?? 'main');
    await repo.git('config', 'user.name', 'Tester');
    await repo.git('config', 'user.email', 'tester@example.com');
    return repo;
  }

  /** Runs git in the repo and returns what it prints. */
  async git(...args: string[]): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_SSL_NO_VERIFY: '1',
    };
    const { stdout } = await run('git', args, { cwd: this.path, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  }

  /** Writes files (null deletes one), commits all, and returns the commit's id. */
  async commit(
    files: Readonly<Record<string, string | Uint8Array | null>>,
    message = 'Change',
  ): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.path, name);
      if (content === null) {
        await rm(file);
        continue;
      }
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await this.git('add', '-A');
    await this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }
}
