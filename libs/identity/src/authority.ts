import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { generateKey } from './csr.ts';
import { authorityPin } from './digests.ts';
import {
  AGENT_CLOCK_LAG_MS,
  AUTHORITY_LIFE_MS,
  CLOCK_SKEW_MS,
  DEFAULT_CERTIFICATE_LIFE_MS,
  renewAfter,
  SERVER_CERTIFICATE_LIFE_MS,
} from './lifetimes.ts';
import { clusterUri, HUB_SERVER_NAME } from './names.ts';
import { certificatePem } from './pem.ts';
import { loadX509 } from './x509.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/** PEM, both. The key leaves the hub's memory only sealed. */
export interface AuthorityMaterial {
  readonly certificate: string;
  readonly key: string;
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
  /** When its owner is to renew it. */
  readonly renewAfter: number;
}

export interface ClientCertificateRequest {
  /** Of a verified signing request. */
  readonly publicKey: KeyObject;
  readonly clusterId: string;
  /** For people who read the certificate: the common name. The URI is what counts. */
  readonly clusterName: string;
  readonly now: number;
  readonly lifeMs?: number;
}

/** A new certificate authority: P-256, ten years. Made once per hub database. */
export async function createAuthority(now: number): Promise<AuthorityMaterial> {
  const x509 = await loadX509();
  const key = generateKey();
  const keys = { publicKey: await importPublic(key), privateKey: await importPrivate(key) };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: ['Muster fleet authority'] }],
    notBefore: new Date(now - AGENT_CLOCK_LAG_MS),
    notAfter: new Date(now + AUTHORITY_LIFE_MS),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificatePem(Buffer.from(certificate.rawData)), key };
}

/** Issues the hub's and the clusters' certificates. */
export class CertificateAuthority {
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  /** For join tokens. */
  readonly pin: string;
  readonly #signingKey: webcrypto.CryptoKey;

  private constructor(certificatePem: string, signingKey: webcrypto.CryptoKey) {
    this.certificatePem = certificatePem;
    this.certificateDer = new X509Certificate(certificatePem).raw;
    this.pin = authorityPin(certificatePem);
    this.#signingKey = signingKey;
  }

  /** @throws Error when key and certificate are not each other's. */
  static async open(material: AuthorityMaterial): Promise<CertificateAuthority> {
    const certificate = new X509Certificate(material.certificate);
    if (!certificate.checkPrivateKey(createPrivateKey(material.key))) {
      throw new Error("the certificate authority's key does not belong to its certificate");
    }
    return new CertificateAuthority(material.certificate, await importPrivate(material.key));
  }

  /** The hub's own certificate, with a new key: it proves `HUB_SERVER_NAME`, whatever the address. */
  async issueServerCertificate(now: number): Promise<IssuedCertificate & { readonly keyPem: string }> {
    const x509 = await loadX509();
    const keyPem = generateKey();
    const issued = await this.#issue({
      commonName: HUB_SERVER_NAME,
      publicKey: await importPublic(keyPem),
      notBefore: now - AGENT_CLOCK_LAG_MS,
      notAfter: now + SERVER_CERTIFICATE_LIFE_MS,
      usage: x509.ExtendedKeyUsage.serverAuth,
      alternativeName: { type: 'dns', value: HUB_SERVER_NAME },
    });
    return { ...issued, keyPem };
  }

  async issueClientCertificate(request: ClientCertificateRequest): Promise<IssuedCertificate> {
    const x509 = await loadX509();
    return this.#issue({
      commonName: request.clusterName,
      publicKey: await importSpki(request.publicKey.export({ format: 'der', type: 'spki' })),
      notBefore: request.now - CLOCK_SKEW_MS,
      notAfter: request.now + (request.lifeMs ?? DEFAULT_CERTIFICATE_LIFE_MS),
      usage: x509.ExtendedKeyUsage.clientAuth,
      alternativeName: { type: 'url', value: clusterUri(request.clusterId) },
    });
  }

  async #issue(leaf: {
    readonly commonName: string;
    readonly publicKey: webcrypto.CryptoKey;
    readonly notBefore: number;
    readonly notAfter: number;
    readonly usage: string;
    readonly alternativeName: { readonly type: 'dns' | 'url'; readonly value: string };
  }): Promise<IssuedCertificate> {
    const x509 = await loadX509();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [{ CN: [leaf.commonName] }],
      issuer: new x509.X509Certificate(this.certificateDer).subjectName,
      notBefore: new Date(leaf.notBefore),
      notAfter: new Date(leaf.notAfter),
      signingAlgorithm: SIGNATURE,
      publicKey: leaf.publicKey,
      signingKey: this.#signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([leaf.usage], false),
        new x509.SubjectAlternativeNameExtension([leaf.alternativeName], false),
        await x509.AuthorityKeyIdentifierExtension.create(
          new x509.X509Certificate(this.certificateDer).publicKey,
        ),
      ],
    });
    // X.509 counts whole seconds: what is reported is what the certificate says.
    const validity = { notBefore: certificate.notBefore.getTime(), notAfter: certificate.notAfter.getTime() };
    const certificateDer = Buffer.from(certificate.rawData);
    return {
      certificatePem: certificatePem(certificateDer),
      certificateDer,
      ...validity,
      renewAfter: renewAfter(validity),
    };
  }
}

/** 16 random bytes, positive and not zero, as RFC 5280 wants them. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function importPrivate(keyPem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, ECDSA, false, ['sign']);
}

async function importPublic(keyPem: string): Promise<webcrypto.CryptoKey> {
  return importSpki(createPublicKey(keyPem).export({ format: 'der', type: 'spki' }));
}

async function importSpki(der: Uint8Array): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('spki', Buffer.from(der), ECDSA, true, ['verify']);
}
