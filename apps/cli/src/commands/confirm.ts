import { CliError, EXIT_NO } from '../exit.ts';
import type { Io } from '../io.ts';

/** Asks a person on a terminal before something that can't be undone; scripts aren't asked, nor who says `--yes`. */
export async function confirm(io: Io, what: string, yes: boolean | undefined): Promise<void> {
  if (yes || !io.stdinIsTty) return;
  const answer = await io.ask(`${what} Continue? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('nothing was done', { exitCode: EXIT_NO });
}
