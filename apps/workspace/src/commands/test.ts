import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../paths.ts';
import { runToEnd } from '../run.ts';
import { buildAll } from './build.ts';
import { checkSources } from './check.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** `npm test`: the checks, then all tests with real parts. Ends with the line `N passed, N failed`. */
export async function run(args: readonly string[]): Promise<number> {
  const checked = await succeeds(checkSources);
  await buildAll();
  const reports = await mkdtemp(join(tmpdir(), 'muster-test-'));
  try {
    const unit = await vitest(['run'], join(reports, 'unit.json'));
    const real = await vitest(
      ['run', '--config', 'test/vitest.config.ts', ...args],
      join(reports, 'real.json'),
    );
    const total = add(unit, real);
    if (!checked) total.failed += 1;
    if (total.skipped > 0) process.stdout.write(`\n${total.skipped} skipped: the report above says why`);
    process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
    return total.failed === 0 ? 0 : 1;
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

/** Runs vitest and counts; a run that left no report counts as one failure. */
async function vitest(args: readonly string[], report: string): Promise<Counts> {
  const { code } = await runToEnd(inRoot('node_modules/.bin/vitest'), [
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counts = await readReport(report);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function readReport(file: string): Promise<Counts> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
