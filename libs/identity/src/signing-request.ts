import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isP256, keyIdOf } from './digests.ts';
import { loadX509 } from './x509.ts';

const MAX_BYTES = 4_096;

export type CsrVerdict =
  | { readonly ok: true; readonly publicKey: KeyObject; readonly keyId: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Whether a signing request (DER) proves the possession of a key that we accept: it is signed by the key that it
 * asks for, and that key is P-256. Its subject and attributes are not looked at: the hub names its certificates.
 */
export async function verifyCsr(der: Uint8Array): Promise<CsrVerdict> {
  if (der.length === 0 || der.length > MAX_BYTES) {
    return refused(`the signing request has ${der.length} bytes; 1 to ${MAX_BYTES} are accepted`);
  }
  const { Pkcs10CertificateRequest } = await loadX509();
  try {
    const csr = new Pkcs10CertificateRequest(Buffer.from(der));
    const publicKey = createPublicKey({
      key: Buffer.from(csr.publicKey.rawData),
      format: 'der',
      type: 'spki',
    });
    if (!isP256(publicKey)) return refused('the key of the signing request is not P-256');
    if (!(await csr.verify())) return refused('the signing request is not signed by its own key');
    return { ok: true, publicKey, keyId: keyIdOf(publicKey) };
  } catch {
    return refused('the signing request is not PKCS#10');
  }
}

function refused(problem: string): CsrVerdict {
  return { ok: false, problem };
}
