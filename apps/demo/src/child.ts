import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface Child {
  readonly pid: number;
  /** Resolves with what the process ended with. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
  /** The end of what it logged, for an error message. */
  logTail(): Promise<string>;
}

/** What still runs when this process ends in a hurry is told to stop, so that nothing is left behind. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Long enough for a hub to say goodbye to its agents and to stop its database. */
const STOP_GRACE_MS = 10_000;

/** Starts one of the built programs with the Node that runs this; what it prints goes to a log file. */
export function startChild(program: string, args: readonly string[], logFile: string): Child {
  const log = openSync(logFile, 'a');
  const { size: before } = fstatSync(log);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  running.add(child);
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    pid: child.pid ?? -1,
    ended,
    stop: () => stop(child, ended),
    logTail: async () => {
      const written = (await readFile(logFile)).subarray(before).toString('utf8');
      return written.trimEnd().split('\n').slice(-15).join('\n');
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(force);
}
