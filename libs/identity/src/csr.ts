import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { derBitString, derContext0, derObjectIdentifier, derSequence, derSmallInteger } from './der.ts';

const ECDSA_WITH_SHA256 = derSequence(derObjectIdentifier('2a8648ce3d040302'));

/** A new P-256 private key, PKCS#8 PEM. */
export function generateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/**
 * A certificate signing request (PKCS#10, RFC 2986) of this key, DER: no subject and no attributes, because the hub
 * names its certificates. Written out here rather than by @peculiar/x509, whose import costs every agent 17 MB.
 */
export function createCsr(keyPem: string): Buffer {
  const key = createPrivateKey(keyPem);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const info = derSequence(derSmallInteger(0), derSequence(), spki, derContext0());
  return derSequence(info, ECDSA_WITH_SHA256, derBitString(sign('sha256', info, key)));
}
