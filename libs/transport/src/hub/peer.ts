import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type ClusterCertificate, readClusterCertificate } from '@muster/identity';
import { LRUCache } from 'lru-cache';
import type { Peer } from '../port.ts';

/** What certificates say, by their SHA-256: reading one costs more than the rest of a call, and agents call often. */
const read = new LRUCache<string, ClusterCertificate>({ max: 10_000 });

/** Who calls, by the client certificate that the TLS layer verified; `undefined` when it names no cluster. */
export function peerOf(
  call: Pick<ServerDuplexStream<unknown, unknown>, 'getAuthContext' | 'getPeer'>,
): Peer | undefined {
  const presented = call.getAuthContext().sslPeerCertificate;
  if (presented === undefined) return undefined;
  const certificate = read.get(presented.fingerprint256) ?? readClusterCertificate(presented.raw);
  if (certificate === undefined) return undefined;
  read.set(presented.fingerprint256, certificate);
  const { clusterId, keyId, notAfter } = certificate;
  return { clusterId, keyId, certificateNotAfter: notAfter, address: call.getPeer() };
}
