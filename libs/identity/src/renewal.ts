import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readClusterCertificate } from './peer-certificate.ts';
import { verifyCsr } from './signing-request.ts';

export type RenewalVerdict =
  | { readonly ok: true; readonly clusterId: string; readonly publicKey: KeyObject; readonly keyId: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Whether a renewal proves that it comes from the cluster that it names: one of our CAs issued the certificate, and
 * the signing request is signed by that certificate's key. A certificate that ran out is as good as any: it names
 * the cluster, and the key proves it. Whether the cluster still exists, and still has this key, is not known here.
 */
export async function verifyRenewal(
  caCertificates: readonly (Uint8Array | string)[],
  renewal: { readonly csr: Uint8Array; readonly certificate: Uint8Array },
): Promise<RenewalVerdict> {
  const former = readClusterCertificate(renewal.certificate);
  if (former === undefined || !isIssuedByOne(caCertificates, renewal.certificate)) {
    return { ok: false, problem: "the certificate to renew is not one of this hub's" };
  }
  const csr = await verifyCsr(renewal.csr);
  if (!csr.ok) return csr;
  if (csr.keyId !== former.keyId) {
    return { ok: false, problem: 'the signing request has another key than the certificate to renew' };
  }
  return { ok: true, clusterId: former.clusterId, publicKey: csr.publicKey, keyId: csr.keyId };
}

function isIssuedByOne(caCertificates: readonly (Uint8Array | string)[], leaf: Uint8Array): boolean {
  const certificate = new X509Certificate(leaf);
  return caCertificates.some((der) => {
    const ca = new X509Certificate(der);
    return ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
  });
}
