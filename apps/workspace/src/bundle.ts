import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';
import { inRoot } from './paths.ts';
import { StepFailed } from './run.ts';

interface Program {
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
  /** One file that needs no node_modules beside it. */
  readonly selfContained: boolean;
}

const programs: readonly Program[] = [
  { name: 'agent', input: { agent: 'apps/agent/src/main.ts' }, selfContained: true },
  {
    name: 'hub',
    input: { hub: 'apps/hub/src/main.ts', 'git-thread': 'libs/git-source/src/thread/main.ts' },
    selfContained: false,
  },
  { name: 'cli', input: { main: 'apps/cli/src/main.ts' }, selfContained: false },
];

/** Bundles the programs into `apps/<name>/dist`. */
export async function bundlePrograms(): Promise<void> {
  for (const program of programs) {
    try {
      await bundle(program);
    } catch (error) {
      throw new StepFailed(
        `${program.name} can't be bundled: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

async function bundle(program: Program): Promise<void> {
  const input = Object.fromEntries(Object.entries(program.input).map(([name, path]) => [name, inRoot(path)]));
  if (!Object.values(input).every((path) => existsSync(path))) return;
  const directory = inRoot('apps', program.name, 'dist');
  const bundled = await rolldown(inputOptions(program, input));
  try {
    await rm(directory, { recursive: true, force: true });
    await bundled.write(outputOptions(program, directory));
  } finally {
    await bundled.close();
  }
}

function inputOptions(program: Program, input: Record<string, string>): InputOptions {
  return {
    input,
    platform: 'node',
    tsconfig: inRoot('tsconfig.json'),
    logLevel: 'warn',
    external: program.selfContained ? onlyForExecPlugins : isNpmPackage,
  };
}

/**
 * Loaded only where a kubeconfig has an exec plugin, which no cluster's own agent has: bundled it would be most of
 * the file, and of the memory of every agent.
 */
const onlyForExecPlugins = ['@kubernetes/client-node'];

/** Our own packages are bundled; what comes from npm is loaded from node_modules. */
function isNpmPackage(id: string): boolean {
  return /^[a-z@]/i.test(id) && !id.startsWith('@muster/') && !id.startsWith('@oxc-project/');
}

function outputOptions(program: Program, directory: string): OutputOptions {
  return {
    dir: directory,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // An agent runs in every cluster: what isn't in its file isn't in its memory.
    ...(program.selfContained ? { codeSplitting: false, minify: true } : {}),
  };
}
