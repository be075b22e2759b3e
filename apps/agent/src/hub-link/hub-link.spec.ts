import { status } from '@grpc/grpc-js';
import { InspectLogs } from '@muster/contracts';
import { createCsr, generateKey, parseJoinToken, verifyCsr } from '@muster/identity';
import { KubeApiError, KubeNetworkError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { readParts, systemTimers } from '@muster/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InspectionRefused } from '../inspect/model.ts';
import { createHubLink } from './hub-link.ts';
import { IdentityStore, isIssued } from './identity-store.ts';
import type { HubLinkOptions } from './options.ts';
import { announcedState, CLUSTER, FakeCluster, FakeCore, FakeHub } from './testing.ts';

const HOUR = 3_600_000;
const IDENTITY = 'secrets/muster-system/muster-agent-identity';

let hub: FakeHub;
let cluster: FakeCluster;
let stop: AbortController;
const running: Promise<void>[] = [];

beforeEach(async () => {
  hub = await FakeHub.start();
  cluster = new FakeCluster();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await Promise.allSettled(running.splice(0));
  await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });
});

function start(core: FakeCore, options: Partial<HubLinkOptions> = {}): Promise<void> {
  const link = createHubLink({
    kube: cluster.client,
    enrolmentAddress: hub.enrolmentAddress,
    clusterName: '',
    agentVersion: '0.1.0',
    instance: 'i',
    features: ['manifests/v1'],
    log: { info: () => undefined, warn: () => undefined },
    ...options,
  });
  const run = link.run(core, stop.signal);
  running.push(run.catch(() => undefined));
  return run;
}

/** A cluster that enrolled two days ago with a certificate of an hour, and was away since. */
async function storeOldIdentity(): Promise<string> {
  const key = generateKey();
  const csr = await verifyCsr(createCsr(key));
  if (!csr.ok) throw new Error(csr.problem);
  const issuedAt = Date.now() - 48 * HOUR;
  const issue = {
    publicKey: csr.publicKey,
    clusterId: CLUSTER,
    clusterName: 'edge-1',
    now: issuedAt,
    lifeMs: HOUR,
  };
  const { certificatePem, renewAfter, notAfter } = await hub.ca.issueClientCertificate(issue);
  await new IdentityStore(cluster.client).save({
    key,
    issued: {
      certificate: certificatePem,
      authorities: hub.ca.certificatePem,
      enrolmentAddress: hub.enrolmentAddress,
      sessionAddress: `127.0.0.1:${hub.server.sessionsPort}`,
      clusterName: 'edge-1',
      fleet: 'fleet-uuid',
      renewAt: renewAfter,
      expiresAt: notAfter,
    },
  });
  return key;
}

/** Its certificate ran out since. */
async function age(): Promise<void> {
  const store = new IdentityStore(cluster.client);
  const stored = await store.load();
  if (!isIssued(stored)) throw new Error('there is no identity');
  await store.save({ ...stored, issued: { ...stored.issued, renewAt: 1, expiresAt: 2 } });
}

describe('the hub link', () => {
  it('enrols with a token, brings states to the core and the held version back', async () => {
    const core = new FakeCore();
    void start(core, { joinToken: hub.token });
    const session = await hub.opened.promise;
    const digest = hub.addManifest();
    session.announce(announcedState(digest));
    const offer = await core.offered.promise;
    expect(offer).toMatchObject({ fleet: 'fleet-uuid', state: { version: { epoch: 1n, generation: 5n } } });
    expect(core.fetched).toEqual([digest]);
    expect((await hub.applied.promise).applied).toEqual({ epoch: 1n, generation: 5n });
  });

  it('tells the hub of a state that its core cannot take on', async () => {
    const core = new FakeCore();
    core.offer = async () => ({ outcome: 'invalid', problems: ['bundle a is assigned twice', 'and more'] });
    void start(core, { joinToken: hub.token });
    const session = await hub.opened.promise;
    session.announce(announcedState(hub.addManifest()));
    expect((await hub.refused.promise).refused).toEqual({
      version: { epoch: 1n, generation: 5n },
      message: 'bundle a is assigned twice; and more',
    });
  });

  it('keeps the identity in the cluster, so that a restart needs no token', async () => {
    const first = new AbortController();
    stop = first;
    const run = start(new FakeCore(), { joinToken: hub.token });
    await hub.opened.promise;
    first.abort();
    await run;
    expect(cluster.objects.get(IDENTITY)?.kind).toBe('Secret');
    await hub.server.close({ graceMs: 0, reconnectAfterMs: 0 });

    const stored = (await new IdentityStore(cluster.client).load())!;
    expect(stored.issued).toMatchObject({ clusterName: 'edge-1', fleet: 'fleet-uuid' });
  });

  it('repeats an enrolment whose answer was lost with the same key', async () => {
    const key = generateKey();
    await new IdentityStore(cluster.client).save({ key });
    void start(new FakeCore(), { joinToken: hub.token });
    await hub.opened.promise;
    const csr = await verifyCsr(createCsr(key));
    expect(csr.ok && hub.keys).toEqual([csr.ok && csr.keyId]);
  });

  it('renews with the same key when its certificate ran out while it was away, then connects', async () => {
    const key = await storeOldIdentity();
    void start(new FakeCore());
    const { peer } = await hub.opened.promise;
    expect(peer.clusterId).toBe(CLUSTER);
    expect(hub.renewals).toBe(1);
    const stored = (await new IdentityStore(cluster.client).load())!;
    expect(stored.key).toBe(key);
    expect(stored.issued!.renewAt).toBeGreaterThan(Date.now());
  });

  it('stops when it was removed while its certificate ran out', async () => {
    await storeOldIdentity();
    hub.isRemoved = true;
    const core = new FakeCore();
    await start(core);
    expect(await core.removedFor.promise).toBe('removed by an operator');
  });

  it('stops when it is removed, and only then', async () => {
    const core = new FakeCore();
    const run = start(core, { joinToken: hub.token });
    (await hub.opened.promise).removed('decommissioned');
    expect(await core.removedFor.promise).toBe('decommissioned');
    await run;
  });

  it("answers the hub's request to sync", async () => {
    const core = new FakeCore();
    void start(core, { joinToken: hub.token });
    const session = await hub.opened.promise;
    for await (const _ of session.request({ $case: 'syncNow', value: { bundle: 'checkout' } }));
    for await (const _ of session.request({ $case: 'syncNow', value: { bundle: '' } }));
    expect(core.synced).toEqual(['checkout', undefined]);
  });

  it("answers what the hub asks about the cluster, and says why it can't", async () => {
    const core = new FakeCore();
    const source = { namespace: 'shop', pod: 'web-1', container: 'web' };
    core.findings = [[{ kind: 'source', source }], [{ kind: 'line', source, text: 'listening' }]];
    void start(core, { joinToken: hub.token });
    const session = await hub.opened.promise;
    const ask = async (): Promise<unknown[]> => {
      const value = InspectLogs.fromPartial({ bundle: 'shop', object: { kind: 'Deployment' }, follow: true });
      const parts: unknown[] = [];
      for await (const some of readParts(session.request({ $case: 'inspectLogs', value })))
        parts.push(...some);
      return parts;
    };
    expect(await ask()).toEqual([
      { part: { $case: 'source', value: source } },
      { part: { $case: 'line', value: { source, text: 'listening' } } },
    ]);
    expect(core.inspected).toMatchObject([
      { about: 'logs', bundle: 'shop', object: { kind: 'Deployment', name: '' }, follow: true, tailLines: 0 },
    ]);
    core.refusal = new InspectionRefused('not-found', 'bundle shop has no Deployment here');
    await expect(ask()).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'bundle shop has no Deployment here',
    });
  });

  it('lets the hub forget nothing until it knows what is in its cluster', async () => {
    const core = new FakeCore();
    const looked = Promise.withResolvers<void>();
    core.whole = looked.promise;
    void start(core, { joinToken: hub.token });
    const session = await hub.opened.promise;
    for await (const _ of session.request({ $case: 'syncNow', value: { bundle: '' } }));
    let isComplete = false;
    void hub.complete.promise.then(() => (isComplete = true));
    expect(isComplete).toBe(false);
    looked.resolve();
    await hub.complete.promise;
  });

  it('gives up at once with neither identity nor token, and with a token of another hub', async () => {
    await expect(start(new FakeCore())).rejects.toThrow(/start the agent with a join token/);
    const other = await FakeHub.start();
    await expect(start(new FakeCore(), { joinToken: other.token })).rejects.toMatchObject({
      name: 'WrongAuthority',
    });
    await other.server.close({ graceMs: 0, reconnectAfterMs: 0 });
  });

  it('enrols anew with a new token when it was removed, and says when that token is spent', async () => {
    const formerKey = await storeOldIdentity();
    hub.isRemoved = true;
    const spent = Promise.withResolvers<void>();
    void start(new FakeCore(), { joinToken: hub.token, onTokenNeedless: async () => spent.resolve() });
    await hub.opened.promise;
    await spent.promise;
    const stored = (await new IdentityStore(cluster.client).load())!;
    expect(stored.key).not.toBe(formerKey);
    expect(stored).toMatchObject({ joinTokenId: parseJoinToken(hub.token)!.id });
    expect(stored.nextKey).toBeUndefined();
  });

  it('stops when it was removed and the hub refuses the new token too', async () => {
    const key = await storeOldIdentity();
    hub.isRemoved = true;
    hub.enrolmentRefusal = 'this token has been used';
    const core = new FakeCore();
    await start(core, { joinToken: hub.token });
    expect(await core.removedFor.promise).toBe('removed by an operator');
    expect((await new IdentityStore(cluster.client).load())!.key).toBe(key);
  });

  it('keeps an identity that is good, and does not come back later by the token that was needless', async () => {
    const key = await storeOldIdentity();
    const first = new AbortController();
    stop = first;
    const run = start(new FakeCore(), { joinToken: hub.token });
    await hub.opened.promise;
    first.abort();
    await run;
    expect(hub.usedTokens).toEqual([]);
    expect((await new IdentityStore(cluster.client).load())!.key).toBe(key);
    await age();
    stop = new AbortController();
    hub.isRemoved = true;
    const core = new FakeCore();
    await start(core, { joinToken: hub.token });
    expect(await core.removedFor.promise).toBe('removed by an operator');
    expect(hub.usedTokens).toEqual([]);
  });

  it('goes on with its identity when a token of another hub is refused there', async () => {
    await storeOldIdentity();
    const other = await FakeHub.start();
    other.enrolmentRefusal = 'this token has expired';
    // The enrolment address is the other hub's; sessions are where the identity says.
    const said: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => void said.push(message) };
    void start(new FakeCore(), { joinToken: other.token, enrolmentAddress: other.enrolmentAddress, log });
    await expect
      .poll(() => said)
      .toContain('the join token is refused; the cluster keeps the identity that it has');
    expect(isIssued(await new IdentityStore(cluster.client).load())).toBe(true);
    stop.abort();
    await other.server.close({ graceMs: 0, reconnectAfterMs: 0 });
  });

  it('repeats an enrolment anew whose answer was lost with the same key', async () => {
    const formerKey = await storeOldIdentity();
    const nextKey = generateKey();
    const store = new IdentityStore(cluster.client);
    await store.save({ ...(await store.load())!, key: formerKey, nextKey });
    hub.isRemoved = true;
    void start(new FakeCore(), { joinToken: hub.token });
    await hub.opened.promise;
    const csr = await verifyCsr(createCsr(nextKey));
    expect(csr.ok && hub.keys).toEqual([csr.ok && csr.keyId]);
  });

  it('waits for an API server that does not answer when it looks for its identity', async () => {
    const troubles = [
      new KubeApiError(500, 'InternalError', 'etcd'),
      new KubeNetworkError('reset', 'ECONNRESET'),
    ];
    const kube: KubeClient = {
      ...cluster.client,
      get: async (...args) => {
        const trouble = troubles.shift();
        if (trouble !== undefined) throw trouble;
        return cluster.client.get(...args);
      },
    };
    void start(new FakeCore(), { kube, joinToken: hub.token, random: () => 0 });
    await hub.opened.promise;
    expect(troubles).toEqual([]);
  });

  it('waits for the facts of its cluster', async () => {
    const core = new FakeCore();
    const facts = core.facts.bind(core);
    let failures = 1;
    core.facts = () =>
      failures-- > 0 ? Promise.reject(new KubeNetworkError('reset', 'ECONNRESET')) : facts();
    void start(core, { joinToken: hub.token, random: () => 0 });
    await hub.opened.promise;
  });

  it('takes a token that is given while it waits for a way to a hub', async () => {
    const core = new FakeCore();
    core.held = () => ({ version: { epoch: 1n, generation: 1n }, digest: new Uint8Array(32) });
    const timers = {
      ...systemTimers,
      after: (ms: number, run: () => void) => systemTimers.after(Math.min(ms, 10), run),
    };
    let asked = 0;
    const newToken = async () => (++asked < 3 ? {} : { joinToken: hub.token });
    void start(core, { timers, newToken });
    await hub.opened.promise;
    expect(asked).toBe(3);
  });

  it('ends no agent that has a state to keep: with neither identity nor token it waits for one', async () => {
    const core = new FakeCore();
    core.held = () => ({ version: { epoch: 1n, generation: 1n }, digest: new Uint8Array(32) });
    const said: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => void said.push(message) };
    const timers = {
      ...systemTimers,
      after: (ms: number, run: () => void) => systemTimers.after(Math.min(ms, 10), run),
    };
    void start(core, { log, timers });
    await expect
      .poll(() => said)
      .toContain('there is no way to a hub; the cluster is kept as it was last told');
    await storeOldIdentity();
    await hub.opened.promise;
  });

  it('moves to another hub when it is given that one’s token', async () => {
    await storeOldIdentity();
    const other = await FakeHub.start();
    void start(new FakeCore(), { joinToken: other.token, enrolmentAddress: other.enrolmentAddress });
    await other.opened.promise;
    expect(hub.renewals).toBe(0);
    stop.abort();
    await other.server.close({ graceMs: 0, reconnectAfterMs: 0 });
  });
});
