import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Copies the sample fleet into a Git repo of its own; one that exists already is left as it is. */
export async function prepareRepo(folder: string, sample: string): Promise<void> {
  if (existsSync(join(folder, '.git'))) return;
  await cp(sample, folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  // An identity, so that `git commit` works on a machine where nobody has set one.
  await git(folder, 'config', 'user.name', 'Muster demo');
  await git(folder, 'config', 'user.email', 'demo@muster.dev.internal');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'Start the sample fleet');
}

async function git(folder: string, ...args: string[]): Promise<void> {
  try {
    await runFile('git', args, { cwd: folder });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error(
        'The demo needs the program `git` 2.28 or newer; install it from your package manager.',
        { cause: error },
      );
    }
    throw error;
  }
}
