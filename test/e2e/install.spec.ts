import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKubeClient, type KubeClient } from '@muster/kube';
import {
  runProgram,
  startAgent,
  startCluster,
  startHub,
  type TestAgent,
  type TestCluster,
  type TestHub,
  TestRepo,
  until,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile } from './fleet-fixture.ts';

const run = promisify(execFile);

/** As a person installs it: `muster agent manifests | kubectl apply -f -`. Nothing runs pods here, so the agent does with the same rights. */
describe('the manifests that install an agent', () => {
  let folder: string;
  let cluster: TestCluster;
  let hub: TestHub;
  let kube: KubeClient;
  let agent: TestAgent | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-install-'));
    const repo = await TestRepo.create(join(folder, 'repo'));
    await repo.commit({
      'platform/muster.yaml': bundleFile('platform', { selector: '{matchLabels: {env: production}}' }),
      'platform/manifests/all.yaml': platform,
    });
    hub = await startHub({ gitUrl: repo.path });
    cluster = await startCluster({ name: 'installed', controllerManager: true });
    kube = createKubeClient(cluster.config);
  });

  afterAll(async () => {
    await agent?.stop();
    await kube?.close();
    await cluster?.stop();
    await hub?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are taken by the cluster as they are', async () => {
    const printed = await runProgram(
      'cli',
      [
        'agent',
        'manifests',
        '--image',
        'example.com/muster:1',
        '--name',
        'installed',
        '--label',
        'env=production',
      ],
      { env: await hub.env() },
    );
    expect(printed.stderr).toBe('');
    expect(printed.code).toBe(0);
    const file = join(folder, 'agent.yaml');
    await writeFile(file, printed.stdout, { mode: 0o600 });
    const applied = await kubectl('apply', '-f', file);
    expect(
      applied
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual([
      'namespace/muster-system',
      'serviceaccount/muster-agent',
      'clusterrolebinding.rbac.authorization.k8s.io/muster-agent',
      'secret/muster-agent-join',
      'deployment.apps/muster-agent',
    ]);
    const pods = (await kube.resourceFor('', 'v1', 'Pod'))!;
    await until(
      'the pod',
      () => kube.list(pods, { namespace: 'muster-system' }),
      (it) => it.items.length === 1,
    );
  });

  it('give the agent what it needs to join, and to apply kinds, their objects and RBAC', async () => {
    const secrets = (await kube.resourceFor('', 'v1', 'Secret'))!;
    agent = await startAgent({
      hub,
      name: 'installed',
      kubeconfig: await kubeconfigOfServiceAccount(),
      joined: true,
      flags: ['--join-token-secret', 'muster-agent-join'],
    });
    await until(
      'the applied bundle',
      () => hub.api.clusters('name=installed'),
      ([it]) =>
        it?.connected === true &&
        it.sync === 'Synced' &&
        it.health === 'Healthy' &&
        it.assignments.total === 1,
      { timeoutMs: 45_000 },
    );
    expect(
      (await kube.list(secrets, { namespace: 'muster-system' })).items.map((it) => it.metadata.name),
    ).not.toContain('muster-agent-join');
    // A client discovers anew at most every few seconds: this one may have looked just before the CRD came.
    const widgets = (await until(
      'the kind that the bundle brought',
      () => kube.resourceFor('example.com', 'v1', 'Widget'),
      (it) => it !== undefined,
    ))!;
    expect(await kube.get(widgets, { namespace: 'platform', name: 'first' })).toMatchObject({
      spec: { size: 3 },
    });
    const leases = (await kube.resourceFor('coordination.k8s.io', 'v1', 'Lease'))!;
    expect(await kube.get(leases, { namespace: 'muster-system', name: 'muster-agent' })).toBeDefined();
    const head = await kube.get(secrets, { namespace: 'muster-system', name: 'muster-agent' });
    expect(JSON.stringify(head.metadata.managedFields)).not.toContain('test-admin');
  });

  /** An agent outside a pod that is what the one in the pod would be. */
  async function kubeconfigOfServiceAccount(): Promise<string> {
    const token = (await kubectl('create', 'token', 'muster-agent', '-n', 'muster-system')).trim();
    const file = join(folder, 'kubeconfig');
    const document = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'agent',
      contexts: [{ name: 'agent', context: { cluster: 'installed', user: 'agent' } }],
      clusters: [
        {
          name: 'installed',
          cluster: {
            server: cluster.url,
            'certificate-authority-data': Buffer.from(String(cluster.config.tls?.ca)).toString('base64'),
          },
        },
      ],
      users: [{ name: 'agent', user: { token } }],
    };
    await writeFile(file, JSON.stringify(document), { mode: 0o600 });
    return file;
  }

  async function kubectl(...args: string[]): Promise<string> {
    const { stdout } = await run('kubectl', args, {
      env: { ...process.env, HOME: folder, KUBECONFIG: cluster.kubeconfig },
    });
    return stdout;
  }
});

const platform = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: first}
spec: {size: 3}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: widget-keeper}
rules: [{apiGroups: [example.com], resources: [widgets], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: widget-keeper}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: widget-keeper}
subjects: [{kind: ServiceAccount, name: keeper, namespace: platform}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: keeper}
`;
