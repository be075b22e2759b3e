import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '../../..');

/** The programs as `npm run build` made them. */
const programs = {
  hub: join(checkout, 'apps/hub/dist/hub.js'),
  agent: join(checkout, 'apps/agent/dist/agent.js'),
  cli: join(checkout, 'apps/cli/bin/muster.js'),
  demo: join(checkout, 'apps/demo/src/main.ts'),
} as const;

/** A process of one of Muster's programs. */
export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  running(): boolean;
  /** Sends a signal and, but for SIGSTOP and SIGCONT, waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  log(): Promise<string>;
}

export interface ProgramOptions {
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Goes before the program, to run it elsewhere; must become it. */
  readonly command?: readonly string[];
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts a built program; it dies with this process. */
export function startProgram(
  name: keyof typeof programs,
  args: readonly string[],
  options: ProgramOptions,
): RunningProgram {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const [first, ...rest] = [...(options.command ?? []), process.execPath, programs[name], ...args];
  const child = spawn(first!, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  alive.add(child);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = once(child, 'exit').then(([code, signal]) => {
    alive.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid!,
    ended,
    running,
    kill: async (signal = 'SIGKILL') => {
      if (!running()) return;
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
    },
    log: () => readFile(options.logFile, 'utf8'),
  };
}

/**
 * Throws for a program whose test is over, or that still runs. A test that ran out of time goes on when what it waited
 * for comes: what it started then, nobody would stop, and it would hold what later tests need.
 */
export function refuseStart(what: string, isStopped: boolean, former: RunningProgram): void {
  if (isStopped) throw new Error(`${what} was stopped for good: its test is over`);
  if (former.running()) throw new Error(`${what} still runs`);
}

/** Runs a built program to its end. */
export async function runProgram(
  name: keyof typeof programs,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [programs[name], ...args], {
    env: { ...process.env, ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, stdout, stderr };
}
