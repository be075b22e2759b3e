import { CertificateAuthority, createAuthority } from './authority.ts';
import { createCsr, generateKey } from './csr.ts';
import { verifyCsr } from './signing-request.ts';

export const CLUSTER_A = 'aaaaaaaa-0000-4000-8000-000000000001';
export const CLUSTER_B = 'bbbbbbbb-0000-4000-8000-000000000002';
export const HOUR = 3_600_000;

/** For specs: an authority that was made at `now`. */
export async function testAuthority(now: number): Promise<CertificateAuthority> {
  return CertificateAuthority.open(await createAuthority(now));
}

/** For specs: a cluster's key, request and certificate. */
export async function testCluster(ca: CertificateAuthority, clusterId: string, now: number, lifeMs?: number) {
  const key = generateKey();
  const csr = createCsr(key);
  const verdict = await verifyCsr(csr);
  if (!verdict.ok) throw new Error(verdict.problem);
  const { publicKey, keyId } = verdict;
  const issued = await ca.issueClientCertificate({
    publicKey,
    clusterId,
    clusterName: 'edge-1',
    now,
    lifeMs,
  });
  return { key, csr, keyId, ...issued };
}
