import { createCsr, generateKey, verifyCsr } from '@muster/identity';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHubLink } from './hub-link.ts';
import { IdentityStore } from './identity-store.ts';
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
