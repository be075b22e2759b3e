import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const LIFE_MS = 7 * 24 * 3600 * 1000;

/** PEM texts. */
export interface IssuedPair {
  readonly cert: string;
  readonly key: string;
}

/** The certificates of one test cluster: its server's, and its administrator's (group `system:masters`). */
export interface ClusterCertificates {
  readonly ca: string;
  readonly server: IssuedPair;
  readonly admin: IssuedPair;
  /** Signs and verifies service-account tokens; the private key holds the public one. */
  readonly serviceAccountKey: string;
}

export async function clusterCertificates(): Promise<ClusterCertificates> {
  const caKeys = await keyPair();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serial(),
    name: 'CN=muster-test-ca',
    signingAlgorithm: ALGORITHM,
    keys: caKeys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const issue = async (subject: string, usage: string, names: x509.JsonGeneralNames): Promise<IssuedPair> => {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    ca: ca.toString('pem'),
    server: await issue('CN=kube-apiserver', x509.ExtendedKeyUsage.serverAuth, [
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'localhost' },
      { type: 'dns', value: 'kubernetes.default.svc' },
    ]),
    admin: await issue('CN=test-admin,O=system:masters', x509.ExtendedKeyUsage.clientAuth, []),
    serviceAccountKey: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  };
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + LIFE_MS) };
}

function serial(): string {
  return `01${randomBytes(8).toString('hex')}`;
}
