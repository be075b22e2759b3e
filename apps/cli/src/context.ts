import type { Io } from './io.ts';
import { HubClient } from './hub-api/client.ts';
import { findConnection } from './hub-api/connection.ts';
import type { ConnectionFlags } from './hub-api/connection.ts';
import { coloursFor } from './output/colours.ts';
import type { Colours } from './output/colours.ts';

/** What a command that talks to the hub is given. */
export interface Context {
  readonly io: Io;
  readonly hub: HubClient;
  readonly colours: Colours;
}

export async function openContext(io: Io, flags: ConnectionFlags): Promise<Context> {
  const connection = await findConnection(io, flags);
  return { io, hub: new HubClient(connection, io.signal), colours: coloursFor(io) };
}
