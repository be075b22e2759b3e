import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiServer } from '../http/api-server.ts';
import type { ApiRequest, ApiResponse, ResponseSink } from '../http/message.ts';

/** The API server's own limit of a request. */
const bodyLimit = 3 * 1024 * 1024;

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
  for (const name of ['accept', 'authorization', 'content-type', 'user-agent']) {
    const value = request.headers[name];
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

/** Serves the API on loopback. Port 0: any free one. */
export const listen = async (api: ApiServer, port: number): Promise<Carrier> => {
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void serve(api, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
