import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentManifests, parseRights } from '@muster/agent';
import {
  createKubeClient,
  KubeApiError,
  type KubeClient,
  type KubeObject,
  type Resource,
} from '@muster/kube';
import {
  type AuditLog,
  createAuditLog,
  type Kubectl,
  kubectlOf,
  startCluster,
  type TestCluster,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AgentProcess, configMap, eventually, type FileAssignment } from './agent-process.ts';

const core = (plural: string, kind: string): Resource => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
  verbs: [],
});
const configMaps = core('configmaps', 'ConfigMap');
const secrets = core('secrets', 'Secret');

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { value: 'c2VjcmV0' } };
const deployer = 'system:serviceaccount:shop:deployer';

interface World {
  readonly cluster: TestCluster;
  readonly audit: AuditLog;
  readonly kube: KubeClient;
  readonly kubectl: Kubectl;
  readonly find: (resource: Resource, namespace: string, name: string) => Promise<KubeObject | undefined>;
  readonly end: () => Promise<void>;
}

async function world(): Promise<World> {
  const audit = await createAuditLog();
  const cluster = await startCluster({ apiServerFlags: audit.flags });
  const kube = createKubeClient(cluster.config);
  return {
    cluster,
    audit,
    kube,
    kubectl: await kubectlOf(cluster),
    find: (resource, namespace, name) =>
      kube.get(resource, { namespace, name }).catch((error: unknown) => {
        if (error instanceof KubeApiError && error.status === 404) return undefined;
        throw error;
      }),
    end: async () => {
      await kube.close();
      await cluster.stop();
      await audit.remove();
    },
  };
}

const bundle = (
  name: string,
  objects: readonly object[],
  more: Partial<FileAssignment> = {},
): FileAssignment => ({
  bundle: name,
  namespace: name,
  objects,
  ...more,
});
const as = (serviceAccount: string) => ({ policy: { serviceAccount } });

describe('a bundle that names a service account', () => {
  let here: World;
  let agent: AgentProcess;
  const grant = (name: string, verbs: string, resources: string): Promise<string> =>
    here.kubectl(['create', 'role', name, '-n', 'shop', `--verb=${verbs}`, `--resource=${resources}`]);
  const reasonOf = (told: Awaited<ReturnType<AgentProcess['statuses']>>[number], name: string) =>
    told.objects.find(({ object }) => object.name === name);

  beforeAll(async () => {
    here = await world();
    const { kubectl } = here;
    await kubectl(['create', 'namespace', 'shop']);
    await kubectl(['create', 'serviceaccount', 'deployer', '-n', 'shop']);
    await grant('writer', 'create,patch', 'configmaps');
    await kubectl([
      'create',
      'rolebinding',
      'writer',
      '-n',
      'shop',
      '--role=writer',
      '--serviceaccount=shop:deployer',
    ]);
    agent = await AgentProcess.on(here.cluster.kubeconfig);
    await agent.say({
      assignments: [
        bundle('shop', [configMap('a'), configMap('b'), secret], as('deployer')),
        bundle('steady', [configMap('steady')]),
        bundle('fresh', [configMap('f')], as('deployer')),
      ],
    });
    agent.start();
  });

  afterAll(async () => {
    await agent?.stop();
    await here?.end();
  });

  it('is written as that account, says of each object which right is missing, and harms no other bundle', async () => {
    const told = await agent.until('shop', (it) => reasonOf(it, 's')?.reason === 'Forbidden');
    expect(reasonOf(told, 's')?.message).toBe(
      'the service account shop/deployer may not patch secrets in the namespace shop: grant it create and patch on secrets there',
    );
    await agent.untilSynced('steady');
    await eventually(
      () => here.find(configMaps, 'shop', 'b'),
      (found) => found !== undefined,
    );
    expect(await here.find(secrets, 'shop', 's')).toBeUndefined();
    const writes = (await here.audit.requests()).filter((it) => it.isWrite && it.namespace === 'shop');
    const byAgent = writes.filter((it) => it.verb === 'patch');
    expect(new Set(byAgent.map((it) => it.actedAs))).toEqual(new Set([deployer]));
  });

  it('gets its namespace from the agent itself, because the account may live in it', async () => {
    const told = await agent.until('fresh', (it) => reasonOf(it, 'f')?.reason === 'Forbidden');
    expect(reasonOf(told, 'f')?.message).toContain(
      'the service account fresh/deployer may not patch configmaps',
    );
    const made = (await here.audit.requests()).filter(
      (it) => it.resource === 'namespaces' && it.name === 'fresh',
    );
    expect(made.filter((it) => it.verb === 'create').map((it) => [it.actedAs, it.status])).toEqual([
      ['', 201],
    ]);
  });

  it('has the rights of the groups that a service account is in', async () => {
    await grant('secrets', 'create,patch', 'secrets');
    await here.kubectl([
      ...['create', 'rolebinding', 'secrets', '-n', 'shop', '--role=secrets'],
      '--group=system:serviceaccounts:shop',
    ]);
    await agent.untilSynced('shop');
    expect(await here.find(secrets, 'shop', 's')).toBeDefined();
  });

  it('is compared by dry-runs as that account', async () => {
    const live = (await here.find(configMaps, 'shop', 'a'))!;
    const { labels, annotations } = live.metadata;
    // Somebody writes in our name: what that changed only a dry-run can tell.
    const theirs = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop', labels: { ...labels, more: 'x' }, annotations },
      data: live['data'],
    };
    await here.kube.apply(configMaps, { namespace: 'shop', name: 'a' }, Buffer.from(JSON.stringify(theirs)), {
      fieldManager: 'muster',
      force: true,
    });
    await eventually(
      () => here.find(configMaps, 'shop', 'a'),
      (found) => found?.metadata.labels?.['more'] === undefined,
    );
    const tried = (await here.audit.requests()).filter((it) => it.verb === 'patch' && !it.isWrite);
    expect(new Set(tried.map((it) => it.actedAs))).toEqual(new Set([deployer]));
  });

  it('deletes as that account too, and only where it may', async () => {
    const rest = [bundle('steady', [configMap('steady')]), bundle('fresh', [], as('deployer'))];
    await agent.say({ assignments: [bundle('shop', [configMap('a'), secret], as('deployer')), ...rest] });
    const told = await agent.until('shop', (it) => reasonOf(it, 'b')?.reason === 'Forbidden');
    expect(reasonOf(told, 'b')?.message).toContain('may not delete configmaps in the namespace shop');
    expect(await here.find(configMaps, 'shop', 'b')).toBeDefined();
    await grant('cleaner', 'delete', 'configmaps');
    await here.kubectl([
      'create',
      'rolebinding',
      'cleaner',
      '-n',
      'shop',
      '--role=cleaner',
      '--serviceaccount=shop:deployer',
    ]);
    await eventually(
      () => here.find(configMaps, 'shop', 'b'),
      (found) => found === undefined,
    );
  });

  it('still acts as that account once it left the cluster', async () => {
    await agent.say({ assignments: [bundle('steady', [configMap('steady')])] });
    const told = await agent.until('shop', (it) => reasonOf(it, 's')?.reason === 'Forbidden');
    expect(reasonOf(told, 's')?.message).toContain(
      'the service account shop/deployer may not delete secrets in the namespace shop',
    );
    await eventually(
      () => here.find(configMaps, 'shop', 'a'),
      (found) => found === undefined,
    );
    await agent.kill();
    agent.start();
    await agent.until('shop', (it) => reasonOf(it, 's')?.reason === 'Forbidden');
    const deletions = (await here.audit.requests()).filter(
      (it) => it.verb === 'delete' && it.namespace === 'shop',
    );
    expect(new Set(deletions.map((it) => it.actedAs))).toEqual(new Set([deployer]));
  });
});

describe('an agent that was installed with narrowed rights', () => {
  let here: World;
  let agent: AgentProcess;
  const kept = Array.from({ length: 15 }, (_, n) => configMap(`k${n}`));
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [],
  };
  const state = (...shop: object[]): { readonly assignments: readonly FileAssignment[] } => ({
    assignments: [
      bundle('shop', shop),
      bundle('pay', [configMap('p')], as('deployer')),
      bundle('stranger', [configMap('x')], { namespace: 'pay', policy: { serviceAccount: 'other' } }),
      bundle('elsewhere', [configMap('e')]),
      bundle('wide', [role]),
    ],
  });

  beforeAll(async () => {
    here = await world();
    const { kubectl, cluster } = here;
    const parsed = parseRights({
      namespaces: 'shop,pay',
      kinds: 'configmaps,services',
      clusterKinds: 'priorityclasses',
      impersonate: 'pay/deployer',
    });
    if (!parsed.ok || !parsed.rights) throw new Error('these are rights');
    const manifests = agentManifests({
      image: 'none',
      hub: 'none:1',
      joinToken: 'none',
      rights: parsed.rights,
    });
    const items = manifests.split('---\n').map((text) => parse(text) as object);
    await kubectl(['apply', '-f', '-'], { input: { apiVersion: 'v1', kind: 'List', items } });
    await kubectl(['create', 'serviceaccount', 'deployer', '-n', 'pay']);
    await kubectl(['create', 'role', 'writer', '-n', 'pay', '--verb=create,patch', '--resource=configmaps']);
    await kubectl([
      'create',
      'rolebinding',
      'writer',
      '-n',
      'pay',
      '--role=writer',
      '--serviceaccount=pay:deployer',
    ]);
    const token = (await kubectl(['create', 'token', 'muster-agent', '-n', 'muster-system'])).trim();
    const kubeconfig = join(cluster.folder, 'narrowed');
    await writeFile(kubeconfig, narrowed(cluster, token), { mode: 0o600 });
    agent = await AgentProcess.on(kubeconfig);
    await agent.say(state(...kept, secret));
    agent.start({ env: { MUSTER_NAMESPACES: 'shop,pay' } });
  });

  afterAll(async () => {
    await agent?.stop();
    await here?.end();
  });

  it('keeps what it may keep, and says of each other object what it lacks', async () => {
    const told = await agent.until('shop', ({ objects }) => objects[0]?.reason === 'Forbidden');
    expect(told.objects).toHaveLength(1);
    expect(told.objects[0]).toMatchObject({
      object: { name: 's' },
      message: expect.stringContaining('muster-agent may not get secrets in the namespace shop') as string,
    });
    await eventually(
      () => here.find(configMaps, 'shop', 'k14'),
      (found) => found !== undefined,
    );
    const elsewhere = await agent.until('elsewhere', ({ objects }) => objects[0]?.reason === 'Forbidden');
    expect(elsewhere.objects[0]?.message).toContain('no rights in the namespace elsewhere');
    const wide = await agent.until('wide', ({ objects }) => objects[0]?.reason === 'Forbidden');
    expect(wide.objects[0]?.message).toContain('clusterroles.rbac.authorization.k8s.io in the whole cluster');
  });

  it('acts as the service accounts that it was given, and as no others', async () => {
    await agent.untilSynced('pay');
    const told = await agent.until('stranger', ({ objects }) => objects[0]?.reason === 'Forbidden');
    expect(told.objects[0]?.message).toContain('the agent may not act as the service account pay/other');
    const written = await eventually(
      async () => (await here.audit.requests()).filter((it) => it.name === 'p' && it.verb === 'patch'),
      (found) => found.length > 0,
    );
    expect(new Set(written.map((it) => it.actedAs))).toEqual(new Set(['system:serviceaccount:pay:deployer']));
  });

  it('corrects drift in its namespaces, and does not ask about the rest as often as it looks', async () => {
    const isRefused = (it: { readonly user: string; readonly status: number }): boolean =>
      it.user === 'system:serviceaccount:muster-system:muster-agent' && it.status === 403;
    const count = async (): Promise<number> => (await here.audit.requests()).filter(isRefused).length;
    const before = await count();
    // Each is a round of its own.
    const rounds = kept.length;
    for (let round = 0; round < rounds; round++) {
      await here.kube.delete(configMaps, { namespace: 'shop', name: `k${round}` });
      await eventually(
        () => here.find(configMaps, 'shop', `k${round}`),
        (found) => found !== undefined,
      );
    }
    // Secrets in shop, and ClusterRoles: each is looked for by a watch and by itself.
    expect((await count()) - before).toBeLessThan(rounds);
    expect(
      (await here.audit.requests()).filter(
        (it) => it.namespace === 'elsewhere' && it.resource === 'configmaps',
      ),
    ).toEqual([]);
    const warnings = agent.log.split('\n').filter((line) => line.includes('"level":40'));
    expect(warnings.length).toBeLessThan(10);
  });

  it('goes on by itself with what it is granted later, and says that it cannot watch what it may not list', async () => {
    await here.kubectl([
      ...['create', 'role', 'secrets', '-n', 'shop', '--resource=secrets'],
      '--verb=get,create,patch,delete',
    ]);
    await here.kubectl([
      ...['create', 'rolebinding', 'secrets', '-n', 'shop', '--role=secrets'],
      '--serviceaccount=muster-system:muster-agent',
    ]);
    await eventually(
      () => here.find(secrets, 'shop', 's'),
      (found) => found !== undefined,
      70_000,
    );
    const told = await agent.until(
      'shop',
      ({ objects }) => objects[0]?.message.includes('watched') === true,
      70_000,
    );
    expect(told.objects).toHaveLength(1);
    expect(told.objects[0]).toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining('may not list secrets in the namespace shop') as string,
    });
    await agent.untilSynced('pay');
  }, 150_000);
});

function narrowed(cluster: TestCluster, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'agent',
    contexts: [{ name: 'agent', context: { cluster: 'c', user: 'agent' } }],
    clusters: [
      {
        name: 'c',
        cluster: {
          server: cluster.url,
          'certificate-authority-data': Buffer.from(String(cluster.config.tls?.ca)).toString('base64'),
        },
      },
    ],
    users: [{ name: 'agent', user: { token } }],
  });
}
