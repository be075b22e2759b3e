import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { experimental, Server } from '@grpc/grpc-js';
import type { ServerOptions } from '@grpc/grpc-js';
import type { ListenAddress, ServerTls } from '../port.ts';
import { MAX_METADATA_BYTES } from '../shared/limits.ts';
import { TlsProvider } from '../shared/tls-provider.ts';

type Injector = ReturnType<Server['createConnectionInjector']>;

export interface ListenerOptions {
  readonly address: ListenAddress;
  readonly tls: ServerTls;
  readonly requireClientCertificate: boolean;
  readonly maxMessageBytes: number;
  readonly maxConcurrentStreams: number;
  /** A connection without a call is closed after this. */
  readonly idleMs: number;
  readonly maxConnectionsPerAddress: number;
  /** Of all addresses together. */
  readonly maxConnections: number;
}

/**
 * A gRPC server behind a socket listener of our own: so that connections are counted per address before any
 * handshake is paid for, and can be cut when a peer neither reads nor goes.
 */
export class Listener {
  readonly grpc: Server;
  readonly #net: NetServer;
  readonly #injector: Injector;
  readonly #provider: TlsProvider;
  readonly #sockets = new Map<string, Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #options: ListenerOptions;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.grpc = new Server(serverOptions(options));
    this.#provider = new TlsProvider(options.tls.key, options.tls.certificateChain, options.tls.clientCas);
    const clientCas = options.requireClientCertificate ? this.#provider : null;
    this.#injector = this.grpc.createConnectionInjector(
      experimental.createCertificateProviderServerCredentials(this.#provider, clientCas, clientCas !== null),
    );
    this.#net = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
    this.#net.maxConnections = options.maxConnections;
  }

  get port(): number {
    return (this.#net.address() as AddressInfo).port;
  }

  /** @throws Error with the address in its message when it can't be listened on. */
  listen(): Promise<void> {
    const { host, port } = this.#options.address;
    return new Promise((resolve, reject) => {
      this.#net.once('error', (cause) => {
        reject(new Error(`can't listen on ${host}:${port}: ${cause.message}`, { cause }));
      });
      this.#net.listen(port, host, resolve);
    });
  }

  setTls(tls: ServerTls): void {
    this.#provider.update(tls.key, tls.certificateChain, tls.clientCas);
  }

  /** Cuts the connection of a peer as `call.getPeer()` names it. */
  cut(peer: string): void {
    this.#sockets.get(peer)?.destroy();
  }

  /** No new connections; open ones go on. */
  stopAccepting(): void {
    if (this.#net.listening) this.#net.close();
  }

  /** Resolves when no connection is left. */
  async allClosed(): Promise<void> {
    await Promise.all(
      [...this.#sockets.values()].map((socket) => new Promise((gone) => socket.once('close', gone))),
    );
  }

  destroy(): void {
    this.stopAccepting();
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#injector.destroy();
    this.grpc.forceShutdown();
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    socket.on('error', () => socket.destroy());
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const open = this.#perAddress.get(remoteAddress) ?? 0;
    if (open >= this.#options.maxConnectionsPerAddress) {
      socket.destroy();
      return;
    }
    const peer = `${remoteAddress}:${remotePort}`;
    this.#perAddress.set(remoteAddress, open + 1);
    this.#sockets.set(peer, socket);
    socket.once('close', () => this.#closed(peer, remoteAddress));
    this.#injector.injectConnection(socket);
  }

  #closed(peer: string, address: string): void {
    this.#sockets.delete(peer);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }
}

function serverOptions(options: ListenerOptions): ServerOptions {
  return {
    'grpc.enable_channelz': 0,
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_send_message_length': options.maxMessageBytes,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams,
    'grpc.max_metadata_size': MAX_METADATA_BYTES,
    'grpc.max_connection_idle_ms': options.idleMs,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.max_session_memory': 16,
  };
}
