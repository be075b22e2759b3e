// The workspace's own commands: what `npm start`, `npm test`, `npm run bench`, `npm run build` and `npm run check` do
// once the npm packages are there.

import { StepFailed } from './run.ts';

const commands: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  start: () => import('./commands/start.ts'),
  test: () => import('./commands/test.ts'),
  bench: () => import('./commands/bench.ts'),
  build: () => import('./commands/build.ts'),
  check: () => import('./commands/check.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = commands[name];
if (load === undefined) {
  process.stderr.write(`unknown command "${name}": want ${Object.keys(commands).join(', ')}\n`);
  process.exit(2);
}
try {
  const command = await load();
  process.exitCode = await command.run(args);
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
}
