import { generateKey } from '@muster/identity';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentIdentity } from './agent-port.ts';
import type { ServerTls } from './port.ts';
import { ManualTimers } from './manual-timers.ts';
import { CLUSTER_A, startTestAgent, startTestHub, testAuthority, testIdentity, testTls } from './testing.ts';
import type { TestAgent, TestHub } from './testing.ts';

const HOUR = 3_600_000;
let ca: CertificateAuthority;
let tls: ServerTls;
let hub: TestHub;
let timers: ManualTimers;
const agents: TestAgent[] = [];

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
});
beforeEach(async () => {
  timers = new ManualTimers(Date.now());
  hub = await startTestHub({ ca, tls, timers });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.link.close();
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

function agentOf(identity: () => AgentIdentity): TestAgent {
  const agent = startTestAgent(() => hub.address, identity);
  agents.push(agent);
  return agent;
}

describe("an agent's certificate", () => {
  it('is refused when another authority issued it', async () => {
    const foreign = await testIdentity(await testAuthority(), CLUSTER_A);
    const { disconnections } = agentOf(() => ({ ...foreign, authorities: ca.certificatePem }));
    expect(await disconnections.first()).toMatchObject({ wasConnected: false, code: 14 });
    expect(hub.opened.all).toEqual([]);
  });

  it('is refused when it ran out', async () => {
    const old = await testIdentity(ca, CLUSTER_A, { issuedAt: Date.now() - 2 * HOUR, lifeMs: HOUR });
    const { disconnections } = agentOf(() => old);
    expect(await disconnections.first()).toMatchObject({ wasConnected: false });
    expect(hub.opened.all).toEqual([]);
  });

  it('is refused when it is missing, or is the hub’s own', async () => {
    const server = await ca.issueServerCertificate(Date.now());
    const { disconnections } = agentOf(() => ({
      key: server.keyPem,
      certificate: server.certificatePem,
      authorities: ca.certificatePem,
    }));
    expect(await disconnections.first()).toMatchObject({ wasConnected: false });
    expect(hub.opened.all).toEqual([]);
  });

  it('names its cluster and key to the hub', async () => {
    const identity = await testIdentity(ca, CLUSTER_A);
    agentOf(() => identity);
    const { peer } = await hub.opened.first();
    expect(peer).toMatchObject({ clusterId: CLUSTER_A });
    expect(peer.keyId).toMatch(/^[0-9a-f]{64}$/);
  });

  it('may run out in an open session when it was renewed meanwhile', async () => {
    const identity = await testIdentity(ca, CLUSTER_A, { lifeMs: HOUR });
    agentOf(() => identity);
    const session = await hub.opened.first();
    hub.certificateExpiry = timers.now() + 3 * HOUR;
    await timers.advanceTo(session.peer.certificateNotAfter + 1_000, keepHearing(session));
    expect(session.ended).toBe(false);
  });

  it('ends the session when it ran out and was not renewed', async () => {
    const identity = await testIdentity(ca, CLUSTER_A, { lifeMs: HOUR });
    const { disconnections } = agentOf(() => identity);
    const session = await hub.opened.first();
    hub.certificateExpiry = session.peer.certificateNotAfter;
    await timers.advanceTo(session.peer.certificateNotAfter + 1_000, keepHearing(session));
    expect(await hub.ends.first()).toMatchObject({ cause: 'certificate-expired' });
    expect(await disconnections.first()).toMatchObject({ reason: 'the certificate ran out', code: 16 });
  });

  it('is used from the next connection on when it was renewed', async () => {
    const key = generateKey();
    let identity = await testIdentity(ca, CLUSTER_A, { key, lifeMs: HOUR });
    const { link } = agentOf(() => identity);
    const first = await hub.opened.first();
    identity = await testIdentity(ca, CLUSTER_A, { key, lifeMs: 2 * HOUR });
    link.reconnect();
    const second = await hub.opened.first(({ session }) => session === 2n);
    expect(second.peer.keyId).toBe(first.peer.keyId);
    expect(second.peer.certificateNotAfter).toBeGreaterThan(first.peer.certificateNotAfter);
  });
});

describe("the hub's certificate", () => {
  it('is refused by an agent that trusts another authority', async () => {
    const identity = await testIdentity(ca, CLUSTER_A);
    const other = await testAuthority();
    const { disconnections } = agentOf(() => ({ ...identity, authorities: other.certificatePem }));
    expect(await disconnections.first()).toMatchObject({ wasConnected: false, code: 14 });
  });

  it('is refused when it is not for the one fixed name, though the same authority issued it', async () => {
    const impostor = await testIdentity(ca, CLUSTER_A);
    hub.server.setTls({
      key: impostor.key,
      certificateChain: impostor.certificate + ca.certificatePem,
      clientCas: ca.certificatePem,
    });
    const identity = await testIdentity(ca, CLUSTER_A);
    const { disconnections } = agentOf(() => identity);
    expect(await disconnections.first()).toMatchObject({ wasConnected: false, code: 14 });
  });

  it('may be exchanged while sessions are open: they go on, new ones see the new one', async () => {
    const identity = await testIdentity(ca, CLUSTER_A);
    const { link } = agentOf(() => identity);
    const first = await hub.opened.first();
    hub.server.setTls(await testTls(ca));
    expect(first.ended).toBe(false);
    link.reconnect();
    expect(await hub.opened.first(({ session }) => session === 2n)).toMatchObject({ ended: false });
  });
});

/** The manual clock runs ahead of real sockets: hours pass in which the agent was heard all the time. */
function keepHearing(session: { lastHeard: number }): (now: number) => void {
  return (now) => (session.lastHeard = now);
}
