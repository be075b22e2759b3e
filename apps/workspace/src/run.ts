import { spawn } from 'node:child_process';
import { root } from './paths.ts';

/** A step of a command failed; the message is for the person who ran it, without a stack. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Keep what it prints and show it only when it fails. */
  readonly quiet?: boolean;
}

/** Runs a program to its end; rejects with `StepFailed` when it doesn't exit with 0. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const { code, output } = await runToEnd(command, args, options);
  if (code !== 0) {
    if (options.quiet === true) process.stderr.write(output);
    throw new StepFailed(`${[command, ...args].join(' ')} ended with exit code ${code}`);
  }
}

/** Runs a program to its end and gives its exit code; 127 when it could not be started. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const quiet = options.quiet === true;
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
