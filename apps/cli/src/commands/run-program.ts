import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CliError, EXIT_USAGE } from '../exit.ts';

/**
 * Becomes the hub or the agent: their built program runs in this process, with its own flags, help and signals, as if
 * it had been started by itself.
 */
export async function runProgram(name: 'hub' | 'agent', args: readonly string[]): Promise<void> {
  // The same depth from `apps/cli/dist` and from `apps/cli/src`.
  const apps = join(dirname(fileURLToPath(import.meta.url)), '../..').replace(/\/cli$/, '');
  const program = join(apps, name, 'dist', `${name}.js`);
  if (!existsSync(program)) {
    throw new CliError(`the ${name} isn't built yet: there is no ${program}`, {
      exitCode: EXIT_USAGE,
      hint: 'Build it with `npm run build`.',
    });
  }
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
}
