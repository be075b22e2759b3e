import { execFileSync } from 'node:child_process';
import { buildRenderWorker } from '@muster/render';
import { StepFailed } from './run.ts';

const neededGo = '1.26';

/** Builds the render worker unless this machine's cache has it. */
export async function buildWorker(): Promise<void> {
  await buildRenderWorker({ onProgress: (line) => process.stderr.write(`  ${line}\n`), requireGo });
}

/** Says what to install when Go is missing: it is a compiler, and not ours to put on somebody's machine. */
function requireGo(): void {
  try {
    execFileSync('go', ['version'], { stdio: 'pipe' });
  } catch {
    throw new StepFailed(
      `Go ${neededGo} or newer is needed to build the render worker, and no \`go\` is on the PATH. Install it from your package manager or go.dev, and run this again.`,
    );
  }
}
