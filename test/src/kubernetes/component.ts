import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Program } from './programs.ts';

/** One running process of a cluster. */
export interface Component {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, with how. */
  readonly ended: Promise<string>;
  readonly running: () => boolean;
  /** SIGKILL: nothing that it holds is worth keeping. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** The end of its log, for a failure's message. */
  readonly logTail: () => Promise<string>;
}

const TAIL_LINES = 25;

/** The processes that must not outlive this one, also when it ends by `process.exit`. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program with its output in a file. Its standard input is a pipe that closes when this process dies. */
export async function startComponent(
  name: string,
  program: Program,
  args: readonly string[],
  logFile: string,
): Promise<Component> {
  const log = openSync(logFile, 'a');
  const child = spawn(program.path, [...program.args, ...args], {
    stdio: ['pipe', log, log],
    env: { ...process.env, MUSTER_EXIT_WITH_STDIN: program.exitsWithStdin ? '1' : '0' },
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  void ended.then(() => running.delete(child));
  await Promise.race([once(child, 'spawn'), ended]);
  if (child.pid === undefined) throw new Error(`${name} did not start: ${await ended}`);
  running.add(child);
  // The processes alone don't keep a test runner alive.
  child.unref();
  (child.stdin as Socket).unref();
  return {
    name,
    pid: child.pid,
    logFile,
    ended,
    running: () => running.has(child),
    kill: async () => {
      child.ref();
      if (running.has(child)) child.kill('SIGKILL');
      await ended;
    },
    logTail: async () =>
      (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-TAIL_LINES).join('\n'),
  };
}
