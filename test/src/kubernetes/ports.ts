import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * Ports of the loopback that were free a moment ago, no two alike. Somebody else may take one before it is used: what
 * listens there must be ready to try others.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
