import { X509Certificate } from 'node:crypto';

/** DER of the first certificate in a PEM text. */
export function certificateDer(pem: string): Buffer {
  return new X509Certificate(pem).raw;
}

export function certificatePem(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

/** A bundle of certificates as one PEM text. */
export function certificatesPem(ders: readonly Uint8Array[]): string {
  return ders.map(certificatePem).join('');
}
