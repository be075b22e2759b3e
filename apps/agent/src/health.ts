import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface HealthAddress {
  /** Absent: every interface. */
  readonly host?: string;
  readonly port: number;
}

/** `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; `undefined` when it is none. */
export function parseHealthAddress(text: string): HealthAddress | undefined {
  const match = /^(\[[\da-f:]+\]|[^:[\]]*):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) return undefined;
  const host = match[1]!.replace(/^\[|\]$/g, '');
  return { ...(host !== '' && { host }), port };
}

/**
 * Answers `GET /healthz` for a liveness probe: whoever answers lives. An API server or a hub that is away is no reason
 * to start an agent anew, so nothing else is asked. The result says where it listens.
 */
export async function serveHealth(
  address: HealthAddress,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  // An agent without a probe does not load it.
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const isAsked = request.url === '/healthz' && ['GET', 'HEAD'].includes(request.method ?? '');
    response.writeHead(isAsked ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
    response.end(isAsked ? 'ok\n' : 'only /healthz is here\n');
  });
  server.listen(address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
