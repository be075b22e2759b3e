import { createPublicKey, randomBytes } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import {
  createJoinToken,
  isJoinSecret,
  parseJoinToken,
  readClusterCertificate,
  verifyCsr,
  verifyRenewal,
} from '@muster/identity';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enrol, renew } from './agent/enrolment.ts';
import { ManualTimers } from './manual-timers.ts';
import type { EnrolRefusal, IssuedToAgent, ServerTls } from './port.ts';
import { CLUSTER_A, startTestAgent, startTestHub, testAuthority, testIdentity, testTls } from './testing.ts';
import type { TestHub } from './testing.ts';

const HOUR = 3_600_000;
let ca: CertificateAuthority;
let tls: ServerTls;
let hub: TestHub;
let timers: ManualTimers;

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
});
beforeEach(async () => {
  timers = new ManualTimers(Date.now());
  hub = await startTestHub({ ca, tls, timers, limits: { enrolmentsPerMinute: 3 } });
});
afterEach(() => hub.server.close({ graceMs: 0, reconnectAfterMs: 0 }));

async function issue(
  publicKey: Parameters<CertificateAuthority['issueClientCertificate']>[0]['publicKey'],
): Promise<IssuedToAgent> {
  const now = Date.now();
  const issued = await ca.issueClientCertificate({
    publicKey,
    clusterId: CLUSTER_A,
    clusterName: 'edge-1',
    now,
  });
  const { certificateDer, notAfter, renewAfter } = issued;
  return {
    certificate: certificateDer,
    caBundle: [ca.certificateDer],
    notAfter,
    renewAfter,
    sessionAddress: hub.address,
  };
}

/** A hub that takes this one token. */
function takeOne(secretHash: string): void {
  hub.onEnrol = async (attempt) => {
    const token = parseJoinToken(attempt.joinToken);
    const csr = await verifyCsr(attempt.csr);
    if (token === undefined || !isJoinSecret(token.secret, secretHash) || !csr.ok)
      throw new Error('unexpected');
    const certificate = await issue(csr.publicKey);
    return {
      outcome: 'enrolled',
      certificate,
      clusterName: attempt.clusterName || 'edge-1',
      fleet: 'fleet-uuid',
    };
  };
}

function enrolWith(joinToken: string) {
  return enrol({ address: hub.enrolmentAddress, joinToken, clusterName: '', clusterUid: 'uid' });
}

describe('enrolment', () => {
  it('trades a join token for an identity that opens a session', async () => {
    const { token, secretHash } = createJoinToken(ca.pin, randomBytes);
    takeOne(secretHash);
    const identity = await enrolWith(token);
    expect(identity).toMatchObject({
      clusterName: 'edge-1',
      fleet: 'fleet-uuid',
      renewInMs: 16 * HOUR,
      expiresInMs: 24 * HOUR,
    });
    expect(readClusterCertificate(identity.certificate)?.clusterId).toBe(CLUSTER_A);
    const agent = startTestAgent(
      () => identity.sessionAddress,
      () => identity,
    );
    await hub.opened.first();
    agent.link.close();
  });

  it('tells its token to nobody but the hub that made it', async () => {
    const { token } = createJoinToken((await testAuthority()).pin, randomBytes);
    let asked = 0;
    hub.onEnrol = () => Promise.reject(new Error(`asked ${++asked} times`));
    await expect(enrolWith(token)).rejects.toMatchObject({ name: 'WrongAuthority' });
    expect(asked).toBe(0);
  });

  it('does not believe a hub that shows the right CA without having its certificate', async () => {
    const impostor = await testTls(await testAuthority());
    const chain =
      impostor.certificateChain.replace(/(-----END CERTIFICATE-----\n)[^]*/, '$1') + ca.certificatePem;
    hub.server.setTls({ ...impostor, certificateChain: chain });
    let asked = 0;
    hub.onEnrol = () => Promise.reject(new Error(`asked ${++asked} times`));
    const { token } = createJoinToken(ca.pin, randomBytes);
    await expect(enrolWith(token)).rejects.toMatchObject({
      name: expect.stringMatching(/WrongAuthority|HubRefused/) as string,
    });
    expect(asked).toBe(0);
  });

  it('does not take a text that is no token to the network', async () => {
    await expect(enrolWith('hunter2')).rejects.toThrow('this is not a join token');
  });

  const refusals: readonly (readonly [EnrolRefusal, number])[] = [
    ['token-unknown', status.UNAUTHENTICATED],
    ['token-used', status.UNAUTHENTICATED],
    ['token-expired', status.UNAUTHENTICATED],
    ['name-not-allowed', status.PERMISSION_DENIED],
    ['name-taken', status.ALREADY_EXISTS],
    ['invalid-request', status.INVALID_ARGUMENT],
  ];
  it.each(refusals)('that the hub refuses as %s says so with code %i', async (reason, code) => {
    hub.onEnrol = () => Promise.resolve({ outcome: 'refused', reason, message: `because of ${reason}` });
    const { token } = createJoinToken(ca.pin, randomBytes);
    await expect(enrolWith(token)).rejects.toMatchObject({
      name: 'HubRefused',
      code,
      message: `because of ${reason}`,
    });
  });

  it('does not tell the network why the hub failed', async () => {
    hub.onEnrol = () => Promise.reject(new Error('the database password is hunter2'));
    const { token } = createJoinToken(ca.pin, randomBytes);
    await expect(enrolWith(token)).rejects.toMatchObject({
      code: status.INTERNAL,
      message: 'the hub failed',
    });
  });

  it('is limited per address, and goes on a while later', async () => {
    hub.onEnrol = () => Promise.resolve({ outcome: 'refused', reason: 'token-unknown', message: 'unknown' });
    const { token } = createJoinToken(ca.pin, randomBytes);
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(enrolWith(token)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    }
    await expect(enrolWith(token)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await timers.advance(20_000);
    await expect(enrolWith(token)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  });
});

describe('renewal', () => {
  it('brings a new certificate for the same key, also when the former ran out', async () => {
    hub.onRenew = async (attempt) => {
      const verdict = await verifyRenewal([ca.certificateDer], attempt);
      if (!verdict.ok) return { outcome: 'refused', reason: 'not-its-key', message: verdict.problem };
      return { outcome: 'renewed', certificate: await issue(verdict.publicKey) };
    };
    const old = await testIdentity(ca, CLUSTER_A, { issuedAt: Date.now() - 48 * HOUR, lifeMs: HOUR });
    const renewed = await renew(hub.enrolmentAddress, old);
    expect(renewed.key).toBe(old.key);
    expect(readClusterCertificate(renewed.certificate)!.notAfter).toBeGreaterThan(Date.now());
  });

  it('of a removed cluster is refused', async () => {
    hub.onRenew = () =>
      Promise.resolve({ outcome: 'refused', reason: 'removed', message: 'the cluster was removed' });
    const identity = await testIdentity(ca, CLUSTER_A);
    await expect(renew(hub.enrolmentAddress, identity)).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
  });

  it('is not asked of a hub of another authority', async () => {
    const identity = await testIdentity(ca, CLUSTER_A);
    const stranger = { ...identity, authorities: (await testAuthority()).certificatePem };
    await expect(renew(hub.enrolmentAddress, stranger)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  it('does not take a certificate of another key', async () => {
    const other = await testIdentity(ca, CLUSTER_A);
    hub.onRenew = async () => {
      return { outcome: 'renewed', certificate: await issue(createPublicKey(other.certificate)) };
    };
    const identity = await testIdentity(ca, CLUSTER_A);
    await expect(renew(hub.enrolmentAddress, identity)).rejects.toThrow('for another key than ours');
  });
});
