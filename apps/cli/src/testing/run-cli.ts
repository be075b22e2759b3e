import type { Io } from '../io.ts';
import { run } from '../run.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const NOW = Date.parse('2026-11-21T12:00:00.000Z');

/** Runs a command line as a script does: no terminal, a home of its own, the clock at `NOW`. */
export async function runCli(
  args: readonly string[],
  io: Partial<Io> & { readonly url?: string } = {},
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const exitCode = await run(args, {
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    stdoutIsTty: false,
    stderrIsTty: false,
    stdinIsTty: false,
    env: io.url === undefined ? {} : { MUSTER_URL: io.url, MUSTER_TOKEN: 'secret' },
    home: '/nonexistent',
    now: () => NOW,
    signal: new AbortController().signal,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    readStdin: () => Promise.resolve(''),
    ...io,
  });
  return { exitCode, stdout, stderr };
}
