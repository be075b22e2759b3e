import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, type KubeClient, KubeApiError, type KubeObject } from '@muster/kube';
import {
  runProgram,
  startAgent,
  startClusters,
  startHub,
  type TestAgent,
  type TestClusters,
  type TestHub,
  TestRepo,
  until,
} from '@muster/testing';
import type { NewJoinToken } from '@muster/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap } from './fleet-fixture.ts';
import { queryHub } from './hub-database.ts';

const lifeMs = 10_000;

/** Who may join, and what a certificate is worth. Two real clusters: one that joins, one that tries to. */
describe('the identity of a cluster', () => {
  let folder: string;
  let hub: TestHub;
  let real: TestClusters;
  let member: KubeClient;
  let stranger: KubeClient;
  let agent: TestAgent;
  const others: TestAgent[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-identity-'));
    const repo = await TestRepo.create(join(folder, 'repo'));
    await repo.commit({
      'base/muster.yaml': bundleFile('base', { selector: '{}' }),
      'base/manifests/config.yaml': configMap('base', { owner: 'platform' }),
      'edge/muster.yaml': bundleFile('edge', { selector: '{matchLabels: {edge: "true"}}' }),
      'edge/manifests/config.yaml': configMap('edge', { a: 'b' }),
      'clusters.muster.yaml':
        'apiVersion: muster.dev/v1alpha1\nkind: Cluster\nmetadata: {name: declared, labels: {edge: "true"}}\n',
    });
    hub = await startHub({ gitUrl: repo.path, flags: ['--certificate-life', `${lifeMs / 1000}s`] });
    real = await startClusters(2, (index) => ({ name: ['member', 'stranger'][index]! }));
    member = createKubeClient(real.clusters[0]!.config);
    stranger = createKubeClient(real.clusters[1]!.config);
    agent = await startAgent({ hub, name: 'member', kubeconfig: real.clusters[0]!.kubeconfig });
    await connected('member');
  });

  afterEach(async () => {
    for (const other of others.splice(0)) await other.stop();
    await forgetIdentity(stranger);
  });

  afterAll(async () => {
    await agent?.stop();
    await member?.close();
    await stranger?.close();
    await hub?.stop();
    await real?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is not to be had with something that is no token', async () => {
    expect(await tryToJoin('let-me-in')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is not a join token') as string,
    });
  });

  it("is not to be had with a wrong secret, or with a token of another hub's", async () => {
    const [head, secret, pin] = (await token({})).token.split('.') as [string, string, string];
    const wrongSecret = await tryToJoin([head, other(secret), pin].join('.'));
    expect(wrongSecret.code).toBe(1);
    expect(wrongSecret.stderr).toContain('this hub knows no such token');
    const wrongHub = await tryToJoin([head, secret, other(pin)].join('.'));
    expect(wrongHub.code).toBe(1);
    expect(wrongHub.stderr).toMatch(/pin|another hub|authority/);
    expect(await names()).not.toContain('stranger');
  });

  it('is not to be had with a token that has been used, or that has expired', async () => {
    const used = await token({ name: 'stranger' });
    await queryHub(hub, 'update join_tokens set uses = max_uses where id = $1', [used.id]);
    expect((await tryToJoin(used.token)).stderr).toContain('this token has been used');
    const expired = await token({ name: 'stranger' });
    await queryHub(hub, "update join_tokens set expires_at = now() - interval '1 second' where id = $1", [
      expired.id,
    ]);
    expect((await tryToJoin(expired.token)).stderr).toContain('this token has expired');
    expect(await names()).not.toContain('stranger');
  });

  it('is not to be had under a name that the token is not for, or that another cluster has', async () => {
    const named = await token({ name: 'stranger' });
    expect((await tryToJoin(named.token, 'somebody')).stderr).toContain(
      'this token is for the cluster stranger',
    );
    const open = await token({});
    expect((await tryToJoin(open.token, 'member')).stderr).toContain(
      'the name member belongs to another cluster',
    );
  });

  it('takes a token of its own where Git declares the name, and gets the labels that Git gives', async () => {
    const open = await token({});
    expect((await tryToJoin(open.token, 'declared')).stderr).toContain(
      'the fleet repo declares declared: make a token for that name',
    );
    others.push(await startAgent({ hub, name: 'declared', kubeconfig: real.clusters[1]!.kubeconfig }));
    await until(
      "the bundle of Git's label",
      async () =>
        stranger.get((await stranger.resourceFor('', 'v1', 'ConfigMap'))!, {
          namespace: 'edge',
          name: 'edge',
        }),
      () => true,
    );
    const [declared] = await hub.api.clusters('name=declared');
    expect(declared).toMatchObject({
      labels: { edge: 'true' },
      labelSources: { edge: 'Git' },
      connected: true,
    });
    await others.splice(0)[0]!.stop();
    await hub.api.call('DELETE', 'clusters/declared');
  });

  it('is renewed without dropping the session', async () => {
    const first = await certificate(member);
    const sessions = await sessionsBegun();
    const second = await until(
      'a renewed certificate',
      () => certificate(member),
      (it) => it !== first,
    );
    await until(
      'another',
      () => certificate(member),
      (it) => it !== second,
    );
    expect(await sessionsBegun()).toBe(sessions);
    expect((await hub.api.clusters('name=member'))[0]).toMatchObject({ connected: true, sync: 'Synced' });
  });

  it('is renewed with the same key after it ran out while the hub was away, and the hub has the same authority', async () => {
    const before = await identity(member);
    await hub.kill();
    await expired();
    await hub.start();
    await connected('member');
    const after = await identity(member);
    expect(after['key.pem']).toBe(before['key.pem']);
    expect(after['authorities.pem']).toBe(before['authorities.pem']);
    expect(after['certificate.pem']).not.toBe(before['certificate.pem']);
  });

  it('is renewed with the same key after it ran out while the agent was away', async () => {
    await agent.kill();
    const before = await identity(member);
    await expired();
    agent.start();
    await connected('member');
    const after = await identity(member);
    expect(after['key.pem']).toBe(before['key.pem']);
    expect(after['certificate.pem']).not.toBe(before['certificate.pem']);
  });

  it('is of no use to another cluster', async () => {
    const stolen = await secret(member);
    await namespace(stranger);
    await stranger.create((await stranger.resourceFor('', 'v1', 'Secret'))!, 'muster-system', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: stolen.metadata.name, namespace: 'muster-system' },
      data: stolen['data'],
    });
    const thief = await startAgent({
      hub,
      name: 'thief',
      kubeconfig: real.clusters[1]!.kubeconfig,
      joined: true,
    });
    others.push(thief);
    await until(
      'the refusal',
      () => thief.program().log(),
      (log) => log.includes('this certificate is for the cluster with uid'),
    );
    expect((await hub.api.clusters('name=member'))[0]).toMatchObject({ connected: true });
    expect(await stateOf(stranger)).toBeUndefined();
  });

  it('ends at once with the removal of its cluster, and does not come back', async () => {
    await hub.api.call('DELETE', 'clusters/member');
    expect(await agent.program().ended).toMatchObject({ code: 0 });
    expect(await agent.program().log()).toContain('the cluster was removed');
    agent.start();
    expect(await agent.program().ended).toMatchObject({ code: 0 });
    await expired();
    agent.start();
    expect(await agent.program().ended).toMatchObject({ code: 0 });
    expect(await names()).not.toContain('member');
    const configMaps = (await member.resourceFor('', 'v1', 'ConfigMap'))!;
    expect(await member.get(configMaps, { namespace: 'base', name: 'base' })).toBeDefined();
  });

  it('is given anew to a removed cluster that brings a new token for its name, and it goes on with what it has', async () => {
    const configMaps = (await member.resourceFor('', 'v1', 'ConfigMap'))!;
    const before = await member.get(configMaps, { namespace: 'base', name: 'base' });
    const former = await identity(member);
    await agent.stop();
    agent = await startAgent({ hub, name: 'member', kubeconfig: real.clusters[0]!.kubeconfig });
    await connected('member');
    expect((await identity(member))['key.pem']).not.toBe(former['key.pem']);
    const after = await member.get(configMaps, { namespace: 'base', name: 'base' });
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  function token(request: object): Promise<NewJoinToken> {
    return hub.api.call('POST', 'join-tokens', request);
  }

  async function tryToJoin(joinToken: string, name?: string): Promise<{ code: number; stderr: string }> {
    const file = join(folder, 'token');
    await writeFile(file, joinToken, { mode: 0o600 });
    return runProgram('agent', [
      ...['--kubeconfig', real.clusters[1]!.kubeconfig, '--hub', hub.enrolmentAddress],
      ...['--join-token-file', file, ...(name === undefined ? [] : ['--cluster-name', name])],
    ]);
  }

  async function names(): Promise<string[]> {
    return (await hub.api.clusters()).map((it) => it.name);
  }

  async function connected(name: string): Promise<void> {
    await until(
      `${name} in sync`,
      () => hub.api.clusters(`name=${name}`),
      ([it]) => it?.connected === true && it.sync === 'Synced',
      { timeoutMs: 45_000 },
    );
  }

  async function sessionsBegun(): Promise<number> {
    return (await agent.program().log()).match(/connected to the hub/g)?.length ?? 0;
  }

  /** Waits until the certificate that the member has is no good any more. */
  async function expired(): Promise<void> {
    const expiresAt = Date.parse((await identity(member))['expires-at'] ?? '');
    await until(
      'the end of the certificate',
      () => Promise.resolve(Date.now()),
      (now) => now > expiresAt + 1_000,
    );
  }
});

async function secret(kube: KubeClient): Promise<KubeObject> {
  const secrets = (await kube.resourceFor('', 'v1', 'Secret'))!;
  return kube.get(secrets, { namespace: 'muster-system', name: 'muster-agent-identity' });
}

async function identity(kube: KubeClient): Promise<Readonly<Record<string, string>>> {
  const data = ((await secret(kube))['data'] ?? {}) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

async function certificate(kube: KubeClient): Promise<string> {
  return (await identity(kube))['certificate.pem'] ?? '';
}

/** What an agent holds of a desired state. */
async function stateOf(kube: KubeClient): Promise<KubeObject | undefined> {
  const secrets = (await kube.resourceFor('', 'v1', 'Secret'))!;
  return kube.get(secrets, { namespace: 'muster-system', name: 'muster-agent' }).catch(unlessStatus(404));
}

async function namespace(kube: KubeClient): Promise<void> {
  const namespaces = (await kube.resourceFor('', 'v1', 'Namespace'))!;
  await kube
    .create(namespaces, undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'muster-system' },
    })
    .catch(unlessStatus(409));
}

/** The next to try is a cluster that nobody knows. */
async function forgetIdentity(kube: KubeClient): Promise<void> {
  const secrets = (await kube.resourceFor('', 'v1', 'Secret'))!;
  const { items } = await kube.list(secrets, { namespace: 'muster-system' });
  for (const { metadata } of items)
    await kube.delete(secrets, { namespace: 'muster-system', name: metadata.name });
}

function unlessStatus(status: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof KubeApiError && error.status === status) return undefined;
    throw error;
  };
}

/** Another text of the same form. */
function other(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}
