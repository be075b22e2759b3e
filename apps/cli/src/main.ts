import { processIo } from './io.ts';
import { run } from './run.ts';

const args = process.argv.slice(2);
const [first, second] = args;

if (first === 'hub' || (first === 'agent' && second !== 'manifests')) {
  const { runProgram } = await import('./commands/run-program.ts');
  try {
    await runProgram(first, args.slice(1));
  } catch (error) {
    process.stderr.write(`muster: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
} else {
  process.exitCode = await run(args, processIo());
}
