import type { HubVersion } from '@muster/api';
import { CliError, EXIT_OK, EXIT_USAGE } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { HubClient } from '../hub-api/client.ts';
import { parseUrl, storeLogin } from '../hub-api/connection.ts';
import type { Io } from '../io.ts';

/** `muster login URL`: asks the hub whether the token is good before it is stored. */
export async function login(
  io: Io,
  address: string,
  options: { readonly token?: string },
): Promise<ExitCode> {
  const url = parseUrl(address);
  const token = (options.token ?? io.env['MUSTER_TOKEN'] ?? (await askForToken(io))).trim();
  if (token === '') {
    throw new CliError('there is no token', {
      exitCode: EXIT_USAGE,
      hint: 'Give it with --token, MUSTER_TOKEN or on stdin. A hub prints at its first start where its admin token is.',
    });
  }
  const hub = new HubClient({ url, token, source: 'the command line' }, io.signal);
  const { version } = await hub.get<HubVersion>('version');
  const path = await storeLogin(io, { url, token });
  io.stderr(`Logged in to ${url} (version ${version}); stored in ${path}.\n`);
  return EXIT_OK;
}

function askForToken(io: Io): Promise<string> {
  return io.stdinIsTty ? io.ask('Token: ') : io.readStdin();
}
