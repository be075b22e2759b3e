import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RelayOptions {
  /** Default: the loopback. */
  readonly host?: string;
  /** Default: any that is free. */
  readonly port?: number;
  /** `host:port`. */
  readonly to: string;
}

/** TCP handed on, byte by byte: what listens on the loopback only, reachable from another network namespace. */
export interface Relay {
  readonly address: string;
  /** Cuts what is open and takes nothing new, until `mend`. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** Bytes that came from those who connected. */
  readonly received: () => number;
  readonly stop: () => Promise<void>;
}

export async function startRelay({ host = '127.0.0.1', port = 0, to }: RelayOptions): Promise<Relay> {
  const { hostname, port: toPort } = new URL(`tcp://${to}`);
  const open = new Set<Socket>();
  let isCut = false;
  let received = 0;
  const server = createServer((incoming) => {
    if (isCut) {
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect(Number(toPort), hostname);
    incoming.on('data', (data) => (received += data.length));
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.on('error', () => other.destroy());
    }
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const destroyAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      destroyAll();
    },
    mend: () => (isCut = false),
    received: () => received,
    stop: async () => {
      server.close();
      destroyAll();
      await once(server, 'close');
    },
  };
}
