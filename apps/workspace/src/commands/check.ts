import { generateContracts } from '../generate.ts';
import { checkWorker } from '../go.ts';
import { inRoot } from '../paths.ts';
import { step } from '../progress.ts';
import { run as runProgram } from '../run.ts';

const bin = (name: string): string => inRoot('node_modules/.bin', name);

/** `npm run check`: the inner loop. Generate, format, protocol, lint with boundaries, types, unit tests. */
export async function run(): Promise<number> {
  await checkSources();
  await step('Unit tests', () => runProgram(bin('vitest'), ['run']));
  return 0;
}

/** All of it but the tests. */
export async function checkSources(): Promise<void> {
  await step("Generating the protocol's code", generateContracts);
  await step('Formatting', () => runProgram(bin('prettier'), ['--check', '--log-level', 'warn', '.']));
  await step('Protocol: lint and breaking changes', checkProtocol);
  await step('The render worker: format, vet, tests', checkWorker);
  await step('Lint and boundaries, types', lintAndTypes);
}

async function checkProtocol(): Promise<void> {
  const proto = inRoot('proto');
  await runProgram(bin('buf'), ['lint'], { cwd: proto });
  await runProgram(bin('buf'), ['breaking', '--against', 'baseline/v1.binpb'], { cwd: proto });
}

/** Through Nx, because the boundaries' rule needs its project graph, and because it remembers what has not changed. */
async function lintAndTypes(): Promise<void> {
  await runProgram(bin('nx'), ['run-many', '--targets=lint,types', '--parallel=2', '--outputStyle=static'], {
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
}
