import { X509Certificate } from 'node:crypto';
import { keyIdOf } from './digests.ts';
import { parseClusterUri } from './names.ts';

/** What a cluster's certificate says. */
export interface ClusterCertificate {
  readonly clusterId: string;
  /** Names the key, see `keyIdOf`. */
  readonly keyId: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Reads a client certificate (DER or PEM); `undefined` when it isn't a cluster's: exactly one subject alternative
 * name, our URI. Who issued it, and whether it is in date, is not looked at here.
 */
export function readClusterCertificate(certificate: Uint8Array | string): ClusterCertificate | undefined {
  try {
    const parsed = new X509Certificate(certificate);
    const uri = /^URI:([^,\s"]+)$/.exec(parsed.subjectAltName ?? '')?.[1];
    const clusterId = uri === undefined ? undefined : parseClusterUri(uri);
    if (clusterId === undefined || parsed.ca) return undefined;
    return {
      clusterId,
      keyId: keyIdOf(parsed.publicKey),
      notBefore: parsed.validFromDate.getTime(),
      notAfter: parsed.validToDate.getTime(),
    };
  } catch {
    return undefined;
  }
}
