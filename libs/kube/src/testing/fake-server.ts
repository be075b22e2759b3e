import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeServer {
  readonly url: string;
  /** What was asked, in order: `GET /path?query`. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** An HTTP server on the loopback that answers as a test says: how a client takes answers shows on real sockets only. */
export async function fakeServer(
  answer: (request: IncomingMessage, response: ServerResponse, index: number) => void,
): Promise<FakeServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    // The body must be read, or the connection can't be used again.
    request.resume();
    request.once('end', () => answer(request, response, requests.length - 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(
    response,
    { kind: 'Status', apiVersion: 'v1', code, reason, message: `said ${reason}` },
    code,
    headers,
  );
}
