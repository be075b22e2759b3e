import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiServer } from '../http/api-server.ts';
import type { ApiRequest, ApiResponse, ResponseSink } from '../http/message.ts';
import type { TlsIdentity } from './tls-identity.ts';

/** The API server's own limit of a request. */
const bodyLimit = 3 * 1024 * 1024;

const knownHeaders: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type', 'user-agent']);

class TooLarge extends Error {}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const apiRequest = (request: IncomingMessage, body: string): ApiRequest => {
  const url = request.url ?? '/';
  const question = url.indexOf('?');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (knownHeaders.has(name) || name.startsWith('impersonate-'))
      headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    method: request.method ?? 'GET',
    path: question === -1 ? url : url.slice(0, question),
    query: new URLSearchParams(question === -1 ? '' : url.slice(question + 1)),
    headers,
    body,
  };
};

const sinkOf = (response: ServerResponse): ResponseSink => ({
  // A client that doesn't read fills its own buffer only; it is cut off when it holds too much.
  write: (chunk) => {
    if (response.writableLength > 64 * 1024 * 1024) response.destroy();
    else response.write(chunk);
  },
  end: () => void response.end(),
  abort: () => void response.destroy(),
});

const answer = (response: ServerResponse, result: ApiResponse | 'disconnect'): void => {
  if (result === 'disconnect') {
    response.destroy();
    return;
  }
  if (result.kind === 'whole') {
    response.writeHead(result.status, {
      ...result.headers,
      'content-length': Buffer.byteLength(result.body),
    });
    response.end(result.body);
    return;
  }
  response.writeHead(200, result.headers);
  response.flushHeaders();
  const stop = result.start(sinkOf(response));
  response.on('close', stop);
};

const serve = async (api: ApiServer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const body = request.method === 'GET' ? '' : await readBody(request);
    answer(response, await api.handle(apiRequest(request, body)));
  } catch (error) {
    if (error instanceof TooLarge) {
      response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
      response.end('Request entity too large: limit is 3145728');
    } else response.destroy();
  }
};

export interface Carrier {
  readonly port: number;
  /** Ends open watches and closes all connections. */
  close(): Promise<void>;
}

export interface CarrierOptions {
  readonly identity: TlsIdentity;
  /** 0: any free one. */
  readonly port: number;
  /** Taken if the port is free; any other if it isn't. */
  readonly preferredPort?: number | undefined;
}

const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** Serves the API on loopback, over TLS: kubectl sends no token without. */
export const listen = async (
  api: ApiServer,
  { identity, port, preferredPort }: CarrierOptions,
): Promise<Carrier> => {
  const server = createServer(
    { cert: identity.certificate, key: identity.key, keepAliveTimeout: 60_000, ALPNProtocols: ['http/1.1'] },
    (request, response) => {
      void serve(api, request, response);
    },
  );
  const bind = (wanted: number): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  if (port !== 0 || preferredPort === undefined) await bind(port);
  else {
    await bind(preferredPort).catch((error: unknown) => {
      if (!isInUse(error)) throw error;
      return bind(0);
    });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
