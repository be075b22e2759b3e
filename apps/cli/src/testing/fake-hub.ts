import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  /** Behind `/api/v1/`, with the query. */
  readonly path: string;
  readonly body: unknown;
}

/** What the fake answers: a value as JSON, or a status with a problem. */
export type FakeAnswer =
  | { readonly json: unknown }
  /** Each as a line of JSON. */
  | { readonly lines: readonly unknown[] }
  | { readonly problem: number; readonly detail: string };

export interface FakeHub extends AsyncDisposable {
  readonly url: string;
  readonly requests: FakeRequest[];
  /** Sends a change notice to whoever listens. */
  notify(...topics: string[]): void;
}

/** An HTTP server on loopback that answers as a hub would; the token is `secret`. */
export async function startFakeHub(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeHub> {
  const requests: FakeRequest[] = [];
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.replace('/api/v1/', '');
    if (request.headers.authorization !== 'Bearer secret') return problem(response, 401, 'unknown token');
    if (path === 'events/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      listeners.add(response);
      return;
    }
    const body = await readAll(request);
    const asked = {
      method: request.method!,
      path,
      body: body === '' ? undefined : (JSON.parse(body) as unknown),
    };
    requests.push(asked);
    const answered = answer(asked);
    if ('problem' in answered) return problem(response, answered.problem, answered.detail);
    if ('lines' in answered) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(`\n${answered.lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    } else if (answered.json === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered.json));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    notify: (...topics) => {
      for (const it of listeners) it.write(`event: changed\ndata: ${JSON.stringify({ topics })}\n\n`);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function problem(response: ServerResponse, status: number, detail: string): void {
  response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail }));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
