import { networkInterfaces } from 'node:os';

type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * Where other replicas reach this one, from the URL that it listens at: that host, or, where it listens everywhere,
 * the first address of this machine that others can reach. In a pod that is the pod's.
 */
export function replicaAddress(url: string, interfaces: Interfaces = networkInterfaces()): string {
  const { hostname, port } = new URL(url);
  if (hostname !== '0.0.0.0' && hostname !== '[::]') return `http://${hostname}:${port}`;
  const addresses = Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter((each) => !each.internal && !each.address.startsWith('fe80:'));
  const found = addresses.find((each) => each.family === 'IPv4') ?? addresses[0];
  if (found === undefined) return `http://127.0.0.1:${port}`;
  return `http://${found.family === 'IPv6' ? `[${found.address}]` : found.address}:${port}`;
}
