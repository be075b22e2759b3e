import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export function sha256(data: Uint8Array | string): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Names a key across all certificates that it gets: SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
export function keyIdOf(publicKey: KeyObject): string {
  return sha256(publicKey.export({ format: 'der', type: 'spki' })).toString('hex');
}

/** What a join token pins: SHA-256 of the CA certificate's SubjectPublicKeyInfo, base64url. */
export function authorityPin(caCertificate: Uint8Array | string): string {
  const certificate = new X509Certificate(caCertificate);
  return Buffer.from(keyIdOf(certificate.publicKey), 'hex').toString('base64url');
}

/** The key of a certificate or private key in PEM, named as `keyIdOf` does. */
export function keyIdOfPem(pem: string): string {
  return keyIdOf(createPublicKey(pem));
}

export function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
