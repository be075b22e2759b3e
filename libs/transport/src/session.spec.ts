import { randomBytes } from 'node:crypto';
import { Facts } from '@muster/contracts';
import type { CertificateAuthority } from '@muster/identity';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentIdentity } from './agent-port.ts';
import type { ServerTls } from './port.ts';
import {
  CLUSTER_A,
  CLUSTER_B,
  startTestAgent,
  startTestHub,
  testAuthority,
  testIdentity,
  testState,
  testStatus,
  testTls,
} from './testing.ts';
import type { TestAgent, TestHub } from './testing.ts';

let ca: CertificateAuthority;
let tls: ServerTls;
let identity: AgentIdentity;
let hub: TestHub;
const agents: TestAgent[] = [];

beforeAll(async () => {
  ca = await testAuthority();
  tls = await testTls(ca);
  identity = await testIdentity(ca, CLUSTER_A);
});
beforeEach(async () => {
  hub = await startTestHub({ ca, tls });
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.link.close();
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

function agent(...[options]: [Parameters<typeof startTestAgent>[2]?]): TestAgent {
  const started = startTestAgent(
    () => hub.address,
    () => identity,
    options,
  );
  agents.push(started);
  return started;
}

describe('a session', () => {
  it('brings an announced desired state to the agent, whole and verified', async () => {
    const { states } = agent();
    const session = await hub.opened.first();
    const state = testState(7n, randomBytes(1_500_000));
    session.announce(state);
    const { version, bytes } = await states.first();
    expect(version).toEqual({ epoch: 1n, generation: 7n });
    expect(Buffer.compare(bytes, state.bytes)).toBe(0);
  });

  it('tells the hub everything again until it is acknowledged, in each new session', async () => {
    const { link } = agent();
    link.report({ assignments: [testStatus('web'), testStatus('db')], whole: true });
    const { report } = await hub.reports.first(({ session }) => session === 1n);
    expect(report.assignments.map(({ bundle }) => bundle)).toEqual(['web', 'db']);
    expect(report).toMatchObject({ sequence: 1n, complete: true });

    link.report({ assignments: [testStatus('web', 'Failed')] });
    link.reconnect();
    const again = await hub.reports.first(({ session }) => session === 2n);
    expect(again.report.assignments.map(({ bundle, reason }) => [bundle, reason])).toEqual([
      ['web', 'Failed'],
      ['db', 'Applied'],
    ]);
    expect(again.report).toMatchObject({ sequence: 1n, complete: true });
  });

  it('merges what changes while a report is under way', async () => {
    const { link } = agent();
    const session = await hub.opened.first();
    link.report({ assignments: [testStatus('web', 'Applying')] });
    await hub.reports.first();
    for (const reason of ['A', 'B', 'C']) link.report({ assignments: [testStatus('web', reason)] });
    const second = hub.reports.next();
    session.acknowledge(1n);
    expect((await second).report.assignments.map(({ reason }) => reason)).toEqual(['C']);
    expect(hub.reports.all).toHaveLength(2);
  });

  it('brings facts that changed', async () => {
    const { link, connections } = agent();
    await connections.first();
    link.facts(Facts.fromPartial({ kubernetesVersion: 'v1.36.3', complete: true }));
    expect((await hub.facts.first()).kubernetesVersion).toBe('v1.36.3');
  });

  it('is replaced by a newer one of the same cluster', async () => {
    agent();
    const first = await hub.opened.first();
    agent();
    await hub.opened.first((session) => session.session === 2n);
    expect(await hub.ends.first()).toEqual({ cause: 'replaced', session: 1n });
    expect(first.ended).toBe(true);
    expect(hub.server.session(CLUSTER_A)?.session).toBe(2n);
  });

  it('ends with Removed at once when the cluster is removed, and the agent stays away', async () => {
    const { removals, connections } = agent();
    (await hub.opened.first()).removed('removed by an operator');
    expect(await removals.first()).toBe('removed by an operator');
    expect(hub.server.session(CLUSTER_A)).toBeUndefined();
    expect(connections.all).toEqual([1n]);
  });

  it('tells a removed cluster that connects that it was removed, and nothing else', async () => {
    hub.decision = { decision: 'removed', reason: 'removed yesterday' };
    const { removals, connections } = agent();
    expect(await removals.first()).toBe('removed yesterday');
    expect(connections.all).toEqual([]);
  });

  it('comes back after a goodbye, not before the hub wants it', async () => {
    const { disconnections } = agent({ random: () => 0.5 });
    (await hub.opened.first()).goodbye({ reason: 1, reconnectAfterMs: 40_000, message: 'restarting' });
    expect(await disconnections.first()).toMatchObject({
      reason: 'restarting',
      retryInMs: 60_000,
      wasConnected: true,
    });
  });

  it('mends itself when the hub comes back', async () => {
    const { connections } = agent();
    await connections.first();
    const port = hub.server.sessionsPort;
    await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
    hub = await startTestHub({ ca, tls, sessions: { host: '127.0.0.1', port } });
    expect(await hub.opened.first()).toMatchObject({ session: 1n });
  });

  it('for which there is no room ends, so that the hub does not count it as open', async () => {
    await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
    hub = await startTestHub({ ca, tls, limits: { maxSessions: 1 } });
    await agent().connections.first();
    const other = await testIdentity(ca, CLUSTER_B);
    const late = startTestAgent(
      () => hub.address,
      () => other,
    );
    agents.push(late);
    expect(await late.disconnections.first()).toMatchObject({
      reason: 'this hub has all the sessions it takes',
      wasConnected: false,
    });
    expect(await hub.ends.first()).toEqual({ cause: 'hub-closed', session: 2n });
    expect([...hub.server.sessions()].map((it) => it.session)).toEqual([1n]);
  });

  it("keeps one cluster's announcements from another", async () => {
    const other = startTestAgent(
      () => hub.address,
      () => otherIdentity,
    );
    const otherIdentity = await testIdentity(ca, CLUSTER_B);
    agents.push(other);
    const mine = agent();
    await hub.opened.first(({ peer }) => peer.clusterId === CLUSTER_B);
    (await hub.opened.first(({ peer }) => peer.clusterId === CLUSTER_A)).announce(testState(1n));
    await mine.states.first();
    expect(other.states.all).toEqual([]);
  });
});
