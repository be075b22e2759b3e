import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

/** A server certificate for loopback that signs itself, and its key: PEM both. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validForMs = 10 * 365 * 24 * 60 * 60 * 1000;

const pem = (label: string, der: ArrayBuffer): string => {
  const lines = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
};

const make = async (now: number): Promise<TlsIdentity> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=muster-kube-sim',
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + validForMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  });
  return {
    certificate: certificate.toString('pem'),
    key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  };
};

let shared: Promise<TlsIdentity> | undefined;

/** One for all clusters of the process: a thousand handshakes' worth of keys would prove nothing more. */
export const processIdentity = (now: number): Promise<TlsIdentity> => (shared ??= make(now));
