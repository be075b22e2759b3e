import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { RenderWorkerError } from './errors.ts';

export const neededGo = '1.26';

/** The worker's sources, found upwards from here: bundled programs lie elsewhere in the checkout than this file. */
export function workerSources(from = import.meta.dirname): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const candidate = join(at, 'libs/render/worker');
    if (existsSync(join(candidate, 'go.mod'))) return candidate;
    if (dirname(at) === at) return undefined;
  }
}

/** Where a build of exactly these sources is kept: other checkouts with the same sources share it. */
export function cachedWorkerPath(sources: string, env: NodeJS.ProcessEnv = process.env): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles(sources))
    hash
      .update(`${relative(sources, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  const cache = env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(
    cache,
    'muster/render-worker',
    hash.digest('hex').slice(0, 32),
    `render-worker${process.platform === 'win32' ? '.exe' : ''}`,
  );
}

/**
 * The worker's program: `MUSTER_RENDER_WORKER`, else one beside the running program, else `libs/render/dist`, else
 * the cache. Throws `RenderWorkerError` with what to do when there is none.
 */
export function findRenderWorker(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.MUSTER_RENDER_WORKER;
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new RenderWorkerError(`MUSTER_RENDER_WORKER names ${named}, which is not a program`);
  }
  const sources = workerSources();
  const candidates = [
    join(import.meta.dirname, 'render-worker'),
    ...(sources === undefined
      ? []
      : [join(sources, '../dist/render-worker'), cachedWorkerPath(sources, env)]),
  ];
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new RenderWorkerError(
    `The render worker is not built, or by another user. Run \`npm run build\` as this one, which needs Go ${neededGo} or newer, or set MUSTER_RENDER_WORKER to a built one.`,
  );
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!_test)\.go$|^go\.(mod|sum)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
