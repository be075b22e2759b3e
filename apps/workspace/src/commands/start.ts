import { spawn } from 'node:child_process';
import { inRoot } from '../paths.ts';
import { buildAll } from './build.ts';

/** `npm start`: builds what is missing and runs the demo until Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  await buildAll();
  const demo = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', inRoot('apps/demo/src/main.ts'), ...args],
    {
      stdio: 'inherit',
    },
  );
  // The terminal sends Ctrl-C to the whole group: the demo stops by itself, and this waits for it.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  process.on('SIGTERM', () => demo.kill('SIGTERM'));
  return new Promise((resolve) => demo.on('exit', (code) => resolve(code ?? 1)));
}
