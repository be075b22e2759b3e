import { fleetJsonSchemas, type JsonSchema } from '@muster/fleet-model';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';

/** `muster schema [KIND]`: the JSON Schema of fleet files, or of one kind, for editors. Needs no hub. */
export function printSchema(io: Io, kind: string | undefined): ExitCode {
  const { kinds, fleetFile } = fleetJsonSchemas();
  const found = kind === undefined ? fleetFile : ofKind(kinds, kind);
  io.stdout(`${JSON.stringify(found, null, 2)}\n`);
  return EXIT_OK;
}

function ofKind(kinds: Readonly<Record<string, JsonSchema>>, kind: string): JsonSchema {
  const name = Object.keys(kinds).find((it) => it.toLowerCase() === kind.toLowerCase());
  if (name !== undefined) return kinds[name]!;
  throw new CliError(`"${kind}" is no kind of the fleet repo`, {
    exitCode: EXIT_USAGE,
    hint: `Try one of: ${Object.keys(kinds).join(', ')}.`,
  });
}
