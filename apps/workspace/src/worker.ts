import { buildRenderWorker } from '@muster/render';
import { requireGo } from './go.ts';

/** Builds the render worker unless this machine's cache has it. */
export async function buildWorker(): Promise<void> {
  await buildRenderWorker({ onProgress: (line) => process.stderr.write(`  ${line}\n`), requireGo });
}
