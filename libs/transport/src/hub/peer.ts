import type { ServerDuplexStream } from '@grpc/grpc-js';
import { readClusterCertificate } from '@muster/identity';
import type { Peer } from '../port.ts';

/** Who calls, by the client certificate that the TLS layer verified; `undefined` when it names no cluster. */
export function peerOf(
  call: Pick<ServerDuplexStream<unknown, unknown>, 'getAuthContext' | 'getPeer'>,
): Peer | undefined {
  const raw = call.getAuthContext().sslPeerCertificate?.raw;
  const certificate = raw === undefined ? undefined : readClusterCertificate(raw);
  if (certificate === undefined) return undefined;
  const { clusterId, keyId, notAfter } = certificate;
  return { clusterId, keyId, certificateNotAfter: notAfter, address: call.getPeer() };
}
