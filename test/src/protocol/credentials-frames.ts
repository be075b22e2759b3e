import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as wire from '@muster/contracts';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  CertificateAuthority,
  createAuthority,
  createCsr,
  createJoinToken,
  generateKey,
  verifyCsr,
} from '@muster/identity';
import { desiredState } from './frames.ts';
import type { Frame } from './frames.ts';

const RECORDED_AT = Date.UTC(2026, 10, 21, 12);
const CLUSTER = 'c0ffee00-0000-4000-8000-000000000001';

/**
 * Messages that hold keys, signatures, digests or compressed bytes: made once with what recorded them, and then as
 * they are. The authority's certificate (DER) is kept beside them, its key is not.
 */
export async function credentialFrames(): Promise<Frame[]> {
  const ca = await CertificateAuthority.open(await createAuthority(RECORDED_AT));
  const csr = createCsr(generateKey());
  const verdict = await verifyCsr(csr);
  if (!verdict.ok) throw new Error(verdict.problem);
  const { publicKey } = verdict;
  const issue = { publicKey, clusterId: CLUSTER, clusterName: 'edge-1', now: RECORDED_AT };
  const issued = await ca.issueClientCertificate(issue);
  const certificate: wire.Certificate = {
    certificate: issued.certificateDer,
    caBundle: [ca.certificateDer],
    notAfterUnixMs: BigInt(issued.notAfter),
    renewAfterUnixMs: BigInt(issued.renewAfter),
    sessionAddress: 'hub.example.com:8443',
  };
  const { token } = createJoinToken(ca.pin, (size) => new Uint8Array(size).fill(7));
  const enrol = {
    joinToken: token,
    csr,
    clusterName: 'edge-1',
    clusterUid: '5f0c1c2e-7d0b-4a55-9d2f-3f6f1f0a7c11',
  };
  return [
    frame('authority', 'hub', 'X.509', 'The CA that the others refer to; not a message.', ca.certificateDer),
    frame(
      'enrol-request',
      'agent',
      'EnrolRequest',
      'A join token and a CSR.',
      wire.EnrolRequest.encode(enrol).finish(),
    ),
    frame(
      'enrol-response',
      'hub',
      'EnrolResponse',
      'The first certificate.',
      wire.EnrolResponse.encode({ certificate, clusterName: 'edge-1', fleet: 'fleet-uuid' }).finish(),
    ),
    frame(
      'renew-request',
      'agent',
      'RenewRequest',
      'A CSR of the same key, with a certificate that has run out since.',
      wire.RenewRequest.encode({ csr, certificate: issued.certificateDer }).finish(),
    ),
    frame(
      'renew-response',
      'hub',
      'RenewResponse',
      'The next certificate.',
      wire.RenewResponse.encode({ certificate }).finish(),
    ),
    ...announcements(),
    ...fetchResponses(),
  ];
}

function announcements(): Frame[] {
  const bytes = Buffer.from(wire.DesiredState.encode(desiredState).finish());
  const digest = createHash('sha256').update(bytes).digest();
  const parts = [bytes.subarray(0, 40), bytes.subarray(40)];
  return parts.map((data, index) => {
    const value = { version: desiredState.version, data, last: index === 1, digest };
    const encoded = wire.ConnectResponse.encode({ message: { $case: 'announcement', value } }).finish();
    return frame(
      `announcement-${index + 1}`,
      'hub',
      'ConnectResponse',
      `Part ${index + 1} of 2 of desired-state.`,
      encoded,
    );
  });
}

function fetchResponses(): Frame[] {
  const object = Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"golden"}}');
  const sha256 = createHash('sha256').update(object).digest();
  const blob = (digest: string, checksum: Buffer) =>
    new BinaryWriter().bytes(wire.Blob.encode({ digest, data: object, sha256: checksum }).finish()).finish();
  const stream = Buffer.concat([
    blob(`sha256:${sha256.toString('hex')}`, Buffer.alloc(0)),
    blob(`hmac-sha256:${'cd'.repeat(32)}`, sha256),
  ]);
  const parts = [
    { data: gzipSync(stream.subarray(0, 100), { level: 1 }), gzip: true },
    { data: stream.subarray(100), gzip: false },
  ];
  return parts.map((part, index) =>
    frame(
      `fetch-response-${index + 1}`,
      'hub',
      'FetchResponse',
      `Chunk ${index + 1} of 2, cut inside a blob${part.gzip ? '; gzipped' : ''}.`,
      wire.FetchResponse.encode(part).finish(),
    ),
  );
}

function frame(name: string, from: Frame['from'], message: string, what: string, bytes: Uint8Array): Frame {
  return { name, from, message, what, bytes };
}
