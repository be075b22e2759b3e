import type { HubVersion } from '@muster/api';
import { EXIT_OK } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { HubClient } from '../hub-api/client.ts';
import { findConnection } from '../hub-api/connection.ts';
import type { ConnectionFlags } from '../hub-api/connection.ts';
import type { Io } from '../io.ts';

/** All packages of the checkout have one version. */
export const VERSION = '0.1.0';

/** `muster version`: the CLI's own, and the hub's where one answers; that none does is no error. */
export async function version(io: Io, flags: ConnectionFlags): Promise<ExitCode> {
  io.stdout(`muster ${VERSION}\n`);
  try {
    const connection = await findConnection(io, flags);
    const hub = await new HubClient(connection, io.signal).get<HubVersion>('version');
    io.stdout(`hub    ${hub.version} at ${connection.url}\n`);
  } catch {
    io.stdout('hub    <none answers>\n');
  }
  return EXIT_OK;
}
