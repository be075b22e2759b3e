import { spawn } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RenderWorkerError } from './errors.ts';
import { cachedWorkerPath, isProgram, neededGo, workerSources } from './worker-binary.ts';

export interface BuildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (line: string) => void;
  /** Called before a build, and only then; may throw what the caller's users understand better. */
  readonly requireGo?: () => void | Promise<void>;
}

/**
 * Builds the render worker into the user's cache, unless a build of the same sources is there, and returns its path.
 * Throws `RenderWorkerError` naming Go and its version where it is missing.
 */
export async function buildRenderWorker(options: BuildOptions = {}): Promise<string> {
  const { env = process.env, onProgress = () => undefined } = options;
  const sources = workerSources();
  if (sources === undefined)
    throw new RenderWorkerError("The render worker's sources are not beside this program");
  const path = cachedWorkerPath(sources, env);
  if (isProgram(path)) return path;
  await options.requireGo?.();
  onProgress('Building the render worker (a few seconds; the first time Go fetches its modules)');
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await goBuild(sources, unfinished, env, onProgress);
    // Whoever builds at the same time makes the same program; a rename is seen whole or not at all.
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return path;
}

async function goBuild(
  sources: string,
  output: string,
  env: NodeJS.ProcessEnv,
  onProgress: (line: string) => void,
): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', output, '.'];
  const child = spawn('go', args, {
    cwd: sources,
    env: { ...env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    for (const line of chunk.toString().split('\n')) if (line !== '') onProgress(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(
        new RenderWorkerError(
          `Go ${neededGo} or newer is needed to build the render worker, and \`go\` did not start`,
          { cause },
        ),
      ),
    );
    child.on('close', resolve);
  });
  if (code !== 0) {
    throw new RenderWorkerError(
      `The render worker did not build; it needs Go ${neededGo} or newer. Go says:\n${told.trim()}`,
    );
  }
}
