import { describe, expect, it } from 'vitest';
import { createCsr, generateKey } from './csr.ts';
import { verifyRenewal } from './renewal.ts';
import { verifyCsr } from './signing-request.ts';
import { CLUSTER_A, CLUSTER_B, HOUR, testAuthority, testCluster } from './testing.ts';
import { loadX509 } from './x509.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('verifyCsr', () => {
  it('accepts what createCsr makes', async () => {
    expect(await verifyCsr(createCsr(generateKey()))).toMatchObject({ ok: true });
  });

  it('refuses a request whose signature is of another key', async () => {
    const [mine, theirs] = [createCsr(generateKey()), createCsr(generateKey())];
    const verdict = await verifyCsr(withSignatureOf(theirs, mine));
    expect(verdict).toEqual({ ok: false, problem: 'the signing request is not signed by its own key' });
  });

  it('refuses keys that are not P-256', async () => {
    const { Pkcs10CertificateRequestGenerator } = await loadX509();
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const csr = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm });
    expect(await verifyCsr(Buffer.from(csr.rawData))).toEqual({
      ok: false,
      problem: 'the key of the signing request is not P-256',
    });
  });

  it('refuses noise, emptiness and bulk', async () => {
    for (const bytes of [Buffer.from('noise'), Buffer.alloc(0), Buffer.alloc(5_000, 0x30)]) {
      expect(await verifyCsr(bytes)).toMatchObject({ ok: false });
    }
  });
});

describe('verifyRenewal', () => {
  it('accepts the same key after the certificate ran out', async () => {
    const ca = await testAuthority(NOW);
    const cluster = await testCluster(ca, CLUSTER_A, NOW - 100 * HOUR, HOUR);
    const verdict = await verifyRenewal([ca.certificateDer], {
      csr: createCsr(cluster.key),
      certificate: cluster.certificateDer,
    });
    expect(verdict).toMatchObject({ ok: true, clusterId: CLUSTER_A, keyId: cluster.keyId });
  });

  it("refuses another cluster's certificate: the key is not its own", async () => {
    const ca = await testAuthority(NOW);
    const a = await testCluster(ca, CLUSTER_A, NOW);
    const b = await testCluster(ca, CLUSTER_B, NOW);
    expect(await verifyRenewal([ca.certificateDer], { csr: a.csr, certificate: b.certificateDer })).toEqual({
      ok: false,
      problem: 'the signing request has another key than the certificate to renew',
    });
  });

  it("refuses a certificate of another hub, and the hub's own server certificate", async () => {
    const ca = await testAuthority(NOW);
    const elsewhere = await testAuthority(NOW);
    const foreign = await testCluster(elsewhere, CLUSTER_A, NOW);
    const server = await ca.issueServerCertificate(NOW);
    for (const [csr, certificate] of [
      [foreign.csr, foreign.certificateDer],
      [createCsr(server.keyPem), server.certificateDer],
    ] as const) {
      expect(await verifyRenewal([ca.certificateDer], { csr, certificate })).toEqual({
        ok: false,
        problem: "the certificate to renew is not one of this hub's",
      });
    }
  });
});

/** One request's content under the other's signature, as DER. */
function withSignatureOf(content: Buffer, signature: Buffer): Buffer {
  const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
  const info = content.subarray(3, content.lastIndexOf(ecdsaWithSha256));
  const body = Buffer.concat([info, signature.subarray(signature.lastIndexOf(ecdsaWithSha256))]);
  return Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]);
}
