import { CommanderError } from 'commander';
import { CliError, EXIT_NO, EXIT_OK, EXIT_USAGE } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { plain } from './output/text.ts';
import { createProgram } from './program.ts';

/** Runs one command line; every error is told here, and nowhere else. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_OK;
  const program = createProgram(io, (code) => (exitCode = code));
  if (args.length === 0) {
    io.stdout(program.helpInformation());
    return EXIT_USAGE;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said what is wrong, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    if (error instanceof CliError) {
      io.stderr(`muster: ${plain(error.message)}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
      return error.exitCode;
    }
    if (io.signal.aborted) return EXIT_NO;
    io.stderr(
      `muster: a fault of the program itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT_NO;
  }
}
