import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Go module of `test/` whose program is built once per content and kept in the user's cache folder. */
export interface GoProgram {
  readonly name: string;
  /** Where its `go.mod` is. */
  readonly folder: string;
  /** The module whose version names the build: what a person looks for in the cache folder. */
  readonly versionOf: string;
  /** The variable that the linker sets to that version: what the program says that it is. */
  readonly versionVariable?: string;
}

/** Go is missing, or could not build a program; the message says what to install. */
export class CannotBuildError extends Error {
  override readonly name = 'CannotBuildError';
}

/** The program's path; builds it when the cache has none, which takes minutes the first time, and says so. */
export async function builtProgram(program: GoProgram, onProgress: (line: string) => void): Promise<string> {
  const { path, version } = await cachedBuild(program);
  if (await exists(path)) return path;
  const go = await run('go', ['version'], program.folder, () => {});
  if (go.code !== 0) {
    throw new CannotBuildError(
      `${program.name} is built from source for the tests, and no \`go\` is on the PATH: install Go 1.26 or newer, ` +
        'or let KUBEBUILDER_ASSETS name a folder with etcd, kube-apiserver and kubectl.',
    );
  }
  onProgress(`building ${program.name} (7 minutes the first time, seconds with Go's build cache) …`);
  // Built beside and moved: whoever builds the same at the same time, or is killed, leaves no half program.
  const unfinished = `${path}.${process.pid}`;
  await mkdir(join(path, '..'), { recursive: true });
  const stamp = program.versionVariable === undefined ? '' : ` -X ${program.versionVariable}=${version}`;
  const flags = ['build', '-trimpath', `-ldflags=-s -w${stamp}`, '-o', unfinished, '.'];
  const built = await run('go', flags, program.folder, onProgress);
  if (built.code !== 0) {
    await rm(unfinished, { force: true });
    throw new CannotBuildError(`go build of ${program.name} failed:\n${built.output}`);
  }
  await rename(unfinished, path);
  return path;
}

async function cachedBuild({ name, folder, versionOf, versionVariable }: GoProgram): Promise<{
  readonly path: string;
  readonly version: string;
}> {
  const [mod, sum, main] = await Promise.all(
    ['go.mod', 'go.sum', 'main.go'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  const required = mod!.split('\n').map((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .split(' '),
  );
  const version = required.find(([module]) => module === versionOf)?.[1] ?? 'unknown';
  const hash = createHash('sha256')
    .update([mod, sum, main, versionVariable].join('\0'))
    .digest('hex')
    .slice(0, 12);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return { path: join(cache, 'muster', 'test-kubernetes', `${version}-${hash}`, name), version };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  onLine: (line: string) => void,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const hear = (data: Buffer): void => {
      output += data.toString();
      for (const line of data.toString().split('\n')) if (line.trim() !== '') onLine(line);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
