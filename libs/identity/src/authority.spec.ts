import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, createAuthority } from './authority.ts';
import { generateKey } from './csr.ts';
import { authorityPin } from './digests.ts';
import { CLOCK_SKEW_MS, renewAfter } from './lifetimes.ts';
import { HUB_SERVER_NAME } from './names.ts';
import { readClusterCertificate } from './peer-certificate.ts';
import { CLUSTER_A, HOUR, testAuthority, testCluster } from './testing.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('the certificate authority', () => {
  it('issues a server certificate for the one fixed name, verified by its own key', async () => {
    const ca = await testAuthority(NOW);
    const server = await ca.issueServerCertificate(NOW);
    const certificate = new X509Certificate(server.certificatePem);
    expect(certificate.subjectAltName).toBe(`DNS:${HUB_SERVER_NAME}`);
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.ca).toBe(false);
  });

  it("names the cluster in a client certificate, and lets it begin before a replica's late clock", async () => {
    const ca = await testAuthority(NOW);
    const cluster = await testCluster(ca, CLUSTER_A, NOW);
    expect(readClusterCertificate(cluster.certificateDer)).toEqual({
      clusterId: CLUSTER_A,
      keyId: cluster.keyId,
      notBefore: NOW - CLOCK_SKEW_MS,
      notAfter: NOW + 24 * HOUR,
    });
    expect(new X509Certificate(cluster.certificatePem).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  it('wants a certificate renewed at two thirds of its life', async () => {
    const ca = await testAuthority(NOW);
    const cluster = await testCluster(ca, CLUSTER_A, NOW, 24 * HOUR);
    expect(cluster.renewAfter).toBe(NOW + 16 * HOUR);
    expect(renewAfter({ notBefore: NOW - CLOCK_SKEW_MS, notAfter: NOW + 3 * HOUR })).toBe(NOW + 2 * HOUR);
  });

  it('refuses a key that is not its own', async () => {
    const { certificate } = await createAuthority(NOW);
    await expect(CertificateAuthority.open({ certificate, key: generateKey() })).rejects.toThrow(
      /does not belong/,
    );
  });

  it('has the same pin however its certificate is given', async () => {
    const ca = await testAuthority(NOW);
    expect(authorityPin(ca.certificateDer)).toBe(ca.pin);
    expect(ca.pin).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('readClusterCertificate', () => {
  it('does not take the server certificate, the CA or noise for a cluster', async () => {
    const ca = await testAuthority(NOW);
    const server = await ca.issueServerCertificate(NOW);
    expect(readClusterCertificate(server.certificateDer)).toBeUndefined();
    expect(readClusterCertificate(ca.certificateDer)).toBeUndefined();
    expect(readClusterCertificate(Buffer.from('noise'))).toBeUndefined();
  });
});
