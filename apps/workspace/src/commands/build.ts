import { bundlePrograms } from '../bundle.ts';
import { generateContracts } from '../generate.ts';
import { step } from '../progress.ts';
import { buildWorker } from '../worker.ts';

/** `npm run build`: everything that has to exist before the programs run. Quick when nothing has changed. */
export async function run(): Promise<number> {
  await buildAll();
  return 0;
}

export async function buildAll(): Promise<void> {
  await step("Generating the protocol's code", generateContracts);
  await step('Building the render worker', buildWorker);
  await step('Bundling hub, agent and CLI', bundlePrograms);
}
