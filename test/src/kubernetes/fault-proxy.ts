import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as sendRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { clusterCertificates } from './certificates.ts';
import type { TestCluster } from './cluster.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';

/** A request on its way to the API server, as far as faults are chosen by it. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  /** Counted from 1, over all requests. */
  readonly number: number;
}

/** What goes wrong with one request. */
export type Fault =
  /** Answered so, and never forwarded. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Forwarded: it takes effect, and the answer says something else. */
  | { readonly kind: 'answer-after'; readonly status: number }
  /** The connection is reset before the API server hears of it, or after. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'reset-after' }
  /** Half of the body; then the connection ends, or, `silently`, as if that had been all. */
  | { readonly kind: 'truncate'; readonly silently: boolean }
  /** So long before each part of the answer: of a watch, each of its events. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** A watch whose past is forgotten, told by its first event. */
  | { readonly kind: 'expired' }
  /** The server's idea of the time. */
  | { readonly kind: 'date'; readonly skewMs: number };

export type FaultRule = (request: ProxiedRequest) => Fault | undefined;

/** An API server behind a bad line. */
export interface FaultProxy {
  /** The administrator's, by way of the proxy. */
  readonly kubeconfig: string;
  /** From now on; `undefined`: nothing goes wrong any more. Watches that are open go on as they began. */
  readonly break: (rule: FaultRule | undefined) => void;
  /** Cuts every connection. */
  readonly cut: () => void;
  /** How many requests came, and how many of them met a fault, by its kind. */
  readonly counts: () => { readonly requests: number; readonly faults: ReadonlyMap<string, number> };
  readonly stop: () => Promise<void>;
}

/** Starts a proxy that ends TLS in front of a cluster's API server. */
export async function startFaultProxy(cluster: TestCluster): Promise<FaultProxy> {
  const { ca, server: identity } = await clusterCertificates();
  const upstream = new URL(cluster.url);
  const agent = new Agent({ keepAlive: true, ca: String(cluster.config.tls?.ca) });
  const faults = new Map<string, number>();
  let requests = 0;
  let rule: FaultRule | undefined;
  const server = createServer({ cert: identity.cert, key: identity.key }, (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', upstream);
    requests += 1;
    const fault = rule?.({
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      isWatch: url.searchParams.has('watch'),
      number: requests,
    });
    if (fault) faults.set(fault.kind, (faults.get(fault.kind) ?? 0) + 1);
    void serve(incoming, outgoing, { url, agent, fault }).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(cluster.folder, `kubeconfig-by-proxy-${port}`);
  await writeKubeconfig({
    path: kubeconfig,
    name: 'proxied',
    server: `https://127.0.0.1:${port}`,
    ca,
    user: { token: String(cluster.config.token) },
  });
  return {
    kubeconfig,
    break: (next) => (rule = next),
    cut: () => server.closeAllConnections(),
    counts: () => ({ requests, faults: new Map(faults) }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

interface Way {
  readonly url: URL;
  readonly agent: Agent;
  readonly fault: Fault | undefined;
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, way: Way): Promise<void> {
  const { fault } = way;
  if (fault?.kind === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  const body = await read(incoming);
  if (fault?.kind === 'answer') {
    fail(outgoing, fault.status, fault.headers);
    return;
  }
  const answer = await forward(incoming, outgoing, body, way);
  if (fault?.kind === 'reset-after') {
    await ended(answer, way.url);
    incoming.socket.resetAndDestroy();
  } else if (fault?.kind === 'answer-after') {
    await ended(answer, way.url);
    fail(outgoing, fault.status);
  } else if (fault?.kind === 'truncate' && !way.url.searchParams.has('watch')) {
    await truncate(answer, outgoing, fault.silently);
  } else {
    await relay(answer, outgoing, fault);
  }
}

/** A watch is done once it was answered: it would end only minutes later. */
async function ended(answer: IncomingMessage, url: URL): Promise<void> {
  if (url.searchParams.has('watch')) answer.destroy();
  else await read(answer);
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  { url, agent }: Way,
): Promise<IncomingMessage> {
  const sent = sendRequest(url, {
    method: incoming.method ?? 'GET',
    headers: { ...incoming.headers, host: url.host, 'accept-encoding': 'identity' },
    agent,
  });
  // Who hangs up on the proxy hangs up on the API server.
  outgoing.once('close', () => sent.destroy());
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => outgoing.destroy());
  return answer;
}

async function relay(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const skewMs = fault?.kind === 'date' ? fault.skewMs : 0;
  outgoing.writeHead(answer.statusCode ?? 502, {
    ...answer.headers,
    ...(skewMs !== 0 && { date: new Date(Date.now() + skewMs).toUTCString() }),
  });
  outgoing.flushHeaders();
  if (fault?.kind === 'expired') {
    const status = { kind: 'Status', apiVersion: 'v1', code: 410, reason: 'Expired', message: 'too old' };
    outgoing.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    return;
  }
  for await (const chunk of answer) {
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    outgoing.write(chunk);
  }
  outgoing.end();
}

async function truncate(answer: IncomingMessage, outgoing: ServerResponse, silently: boolean): Promise<void> {
  const whole = await read(answer);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
  outgoing.writeHead(answer.statusCode ?? 502, {
    ...headers,
    'content-length': silently ? half.length : whole.length,
  });
  outgoing.write(half, () => (silently ? outgoing.end() : outgoing.destroy()));
}

function fail(
  outgoing: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  const reasons: Readonly<Record<number, string>> = { 410: 'Expired', 429: 'TooManyRequests' };
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
      reason: reasons[status] ?? 'InternalError',
      message: `the line answers ${status}`,
    }),
  );
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
