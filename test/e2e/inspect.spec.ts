import type { Assignment, BundleTree } from '@muster/api';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { runProgram, until, whyNoClusters } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, startFleet, type TestFleet } from './fleet-fixture.ts';
import { playedNode, PlayedKubelet } from './played-kubelet.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager']);
const password = 'correct-horse-battery';

/**
 * What people see of a cluster through the hub: a real API server with real controllers. No kubelet and no scheduler
 * runs: tests play them, and so say what becomes of Pods and what these write.
 */
describe.skipIf(why !== undefined)('what is seen of a cluster', () => {
  let fleet: TestFleet;
  let kubelet: PlayedKubelet;
  let kube: KubeClient;

  beforeAll(async () => {
    fleet = await startFleet({
      clusterOptions: { controllerManager: true },
      clusters: [{ name: 'solo', labels: {} }],
      files: {
        'web/muster.yaml': bundleFile('web', { selector: '{}' }),
        'web/manifests/web.yaml': deployment('web', 2, { env: true }),
        'web/manifests/others.yaml': [secret, cronJob, configMap('config', { mode: 'fast' })].join('---\n'),
        'other/muster.yaml': bundleFile('other', { selector: '{}' }),
        'other/manifests/config.yaml': configMap('foreign', { a: 'b' }),
      },
    });
    ({ kube } = fleet.members[0]!);
    kubelet = await PlayedKubelet.on(fleet.members[0]!.cluster, kube);
    for (const pod of await podsOf('web', 2)) await kubelet.tell('web', pod, running);
    await fleet.settled();
  });

  afterAll(async () => {
    await kubelet?.stop();
    await fleet?.stop();
  });

  it('is a tree of what a bundle has and what that owns, down to the Pods', async () => {
    const cronJobs = await resource('batch', 'CronJob');
    const { metadata } = await kube.get(cronJobs, { namespace: 'web', name: 'nightly' });
    await kube.create(await resource('batch', 'Job'), 'web', {
      ...job('nightly-1'),
      metadata: {
        name: 'nightly-1',
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: metadata.uid!, controller: true },
        ],
      },
    });
    const [runs] = await podsOf('nightly-1', 1, 'job-name');
    await kubelet.tell('web', runs!, running);
    const { stdout } = await muster('tree', 'web', '--cluster', 'solo', '-o', 'json');
    const { nodes } = JSON.parse(stdout) as BundleTree;
    const kinds = new Map(nodes.map(({ uid, kind }) => [uid, kind]));
    expect(nodes.map(({ kind, parentUid }) => `${kinds.get(parentUid) ?? ''}>${kind}`).sort()).toEqual([
      '>ConfigMap',
      '>CronJob',
      '>Deployment',
      '>Secret',
      'CronJob>Job',
      'Deployment>ReplicaSet',
      'Job>Pod',
      'ReplicaSet>Pod',
      'ReplicaSet>Pod',
    ]);
    expect(nodes.every(({ createdAt, uid }) => createdAt !== null && uid !== '')).toBe(true);
    const table = (await muster('tree', 'web', '--cluster', 'solo')).stdout;
    expect(table).toMatch(/^Deployment web\/web +Healthy/m);
    expect(table).toMatch(/^└─ ReplicaSet web-\w+ +Healthy/m);
    expect(table).toMatch(/^ {3}├─ Pod web-\w+-\w+ +Healthy/m);
  });

  it('is what containers write, without what Secrets gave them', async () => {
    const [one, two] = await podsOf('web', 2);
    kubelet.write(one!, `first\nconnecting with ${password}\n`);
    kubelet.write(two!, 'listening\n');
    const all = await muster('logs', 'web', 'deploy/web', '--cluster', 'solo');
    expect(all.stdout.split('\n').sort()).toEqual(
      ['', `[${one!}/main] connecting with ***`, `[${one!}/main] first`, `[${two!}/main] listening`].sort(),
    );
    const tail = await muster('logs', 'web', `pod/${one!}`, '--cluster', 'solo', '--tail', '1');
    expect(tail.stdout).toBe('connecting with ***\n');
    const none = await muster('logs', 'web', '--cluster', 'solo', '-c', 'sidecar');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('none of its Pods has a container sidecar');
  });

  it('is followed as it is written, and let go of when nobody listens any more', async () => {
    const [one] = await podsOf('web', 2);
    const stop = new AbortController();
    const answer = await fleet.hub.api.raw(
      'GET',
      `assignments/solo/web/logs?follow=true&kind=Pod&name=${one!}`,
    );
    const seen = collect(answer, stop.signal);
    await until(
      'the follower',
      async () => kubelet.followers(one!),
      (count) => count === 1,
    );
    kubelet.write(one!, `later with ${password}\n`);
    await until(
      'the line',
      async () => seen.text,
      (text) => text.includes('"later with ***"'),
    );
    stop.abort();
    await until(
      'the end of the follower',
      async () => kubelet.followers(one!),
      (count) => count === 0,
    );
  });

  it("is what Kubernetes' controllers tell about a bundle's objects and what they own", async () => {
    const { stdout } = await muster('events', 'web', '--cluster', 'solo');
    expect(stdout).toMatch(/Normal +ScalingReplicaSet +Deployment web\/web/);
    expect(stdout).toMatch(/Normal +SuccessfulCreate +ReplicaSet web\/web-\w+/);
    const one = await muster('events', 'web', 'cronjob/nightly', '--cluster', 'solo');
    expect(one.stdout).not.toContain('ScalingReplicaSet');
  });

  it('is an object as it is, what Secrets hold masked', async () => {
    const object = ['describe', 'object', 'secret/db', '--cluster', 'solo', '--bundle', 'web'];
    const { stdout } = await muster(...object, '-o', 'yaml');
    expect(stdout).toContain('***');
    expect(stdout).not.toContain(Buffer.from(password).toString('base64'));
    const described = await muster(...object.with(2, 'deployment/web'));
    expect(described.stdout).toMatch(/Owns:\n.*\nReplicaSet web-/s);
    expect(described.stdout).toContain('applying would change nothing');
    expect(described.stdout).toContain('ScalingReplicaSet');
    const live = await muster('get', 'objects', '--live', '--cluster', 'solo', '--bundle', 'web');
    expect(live.stdout).toMatch(/^Deployment web\/web +Healthy +\d+[sm]/m);
  });

  it('is nothing of other bundles, or of what is in no bundle', async () => {
    const foreign = ['describe', 'object', 'cm/foreign', '--cluster', 'solo'];
    expect(await muster(...foreign, '--bundle', 'web')).toMatchObject({ code: 1, stdout: '' });
    expect((await muster(...foreign, '--bundle', 'other', '-o', 'json')).stdout).toContain('"a": "b"');
    const root = ['describe', 'object', 'cm/kube-root-ca.crt', '--cluster', 'solo', '--bundle', 'web'];
    const refused = await muster(...root);
    expect(refused.stderr).toContain('bundle web has no cm kube-root-ca.crt here');
    expect((await muster('tree', 'web', '--cluster', 'none')).stderr).toContain('is not assigned');
  });

  it('is what applying would change, field by field, with who changed it', async () => {
    const diff = ['diff', 'web', '--live', '--cluster', 'solo'];
    expect(await muster(...diff)).toMatchObject({ code: 0 });
    await muster('pause', 'web');
    await until('the pause', web, (it) => it?.reason === 'Paused');
    const configMaps = await resource('', 'ConfigMap');
    await kube.mergePatch(configMaps, { namespace: 'web', name: 'config' }, { data: { mode: 'slow' } });
    await kube.mergePatch(
      await resource('', 'Secret'),
      { namespace: 'web', name: 'db' },
      { stringData: { password: 'stolen' } },
    );
    const { code, stdout } = await muster(...diff);
    expect(code).toBe(1);
    expect(stdout).toMatch(/~ ConfigMap web\/config\n {4}\/data\/mode: "slow" → "fast"/);
    expect(stdout).toMatch(/~ Secret web\/db\n {4}\/data\/password( {3}\(by .*\))?\n/);
    expect(stdout).not.toContain('stolen');
    expect((await kube.get(configMaps, { namespace: 'web', name: 'config' }))['data']).toEqual({
      mode: 'slow',
    });
    await muster('resume', 'web');
    await fleet.settled();
    expect(await muster(...diff, 'cm/config')).toMatchObject({ code: 0 });
  });

  it('names the Pods that fail behind workloads, and says why', async () => {
    const names = ['image', 'crash', 'full', 'init'];
    await fleet.commit({
      'ill/muster.yaml': bundleFile('ill', { namespace: 'web', selector: '{}' }),
      ...Object.fromEntries(
        names.map((name) => [
          `ill/manifests/${name}.yaml`,
          deployment(name, 1, { env: name === 'crash', unbound: name === 'full' }),
        ]),
      ),
    });
    const [image, crash, full, init] = await Promise.all(
      names.map(async (name) => (await podsOf(name, 1))[0]!),
    );
    kubelet.write(
      crash!,
      `starting\n\u001b[31mpanic: no database at postgres://shop:${password}@db\u001b[0m\n`,
    );
    kubelet.write(init!, 'table users is missing\n');
    const waiting = (reason: string, message: string) => ({ waiting: { reason, message } });
    const ended = { terminated: { exitCode: 3, reason: 'Error', containerID: 'played://0' } };
    await kubelet.tell('web', image!, pending([container(waiting('ImagePullBackOff', 'not found'))]));
    await kubelet.tell(
      'web',
      crash!,
      pending([
        container(waiting('CrashLoopBackOff', 'back-off 10s'), { lastState: ended, restartCount: 4 }),
      ]),
    );
    await kubelet.tell('web', full!, {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available: 3 Insufficient cpu.',
        },
      ],
    });
    await kubelet.tell('web', init!, {
      ...pending([container(waiting('PodInitializing', ''))]),
      initContainerStatuses: [container(ended, { name: 'migrate' })],
    });
    const said = await until(
      'all messages',
      async () => messagesOf((await fleet.hub.api.assignments('bundle=ill'))[0]),
      (it) => names.every((name) => it[name]?.includes('; ')),
      { timeoutMs: 55_000 },
    );
    expect(said['image']).toMatch(
      /; Pod image-\S+: container main cannot pull the image example.com\/web:1: ImagePullBackOff: not found$/,
    );
    expect(said['crash']).toMatch(
      /; Pod crash-\S+: container main ends again and again with exit code 3; its log ends with "panic: no database at postgres:\/\/\*\*\*@db"$/,
    );
    expect(said['full']).toMatch(
      /; Pod full-\S+: it cannot be scheduled: 0\/3 nodes are available: 3 Insufficient cpu\.$/,
    );
    expect(said['init']).toMatch(
      /; Pod init-\S+: init container migrate failed with exit code 3; its log ends with "table users is missing"$/,
    );
    expect(JSON.stringify(said)).not.toContain(password);
  });

  it('is healthy as the table of rules says of custom resources, and as their bundle says above it', async () => {
    await fleet.commit({
      'certs/muster.yaml': bundleFile('certs', { selector: '{}' }),
      'certs/manifests/crd.yaml': crd('cert-manager.io', 'Certificate'),
      'certs/manifests/certificate.yaml': custom('cert-manager.io', 'Certificate'),
      'widgets/muster.yaml': `${bundleFile('widgets', { selector: '{}' })}${widgetHealth}`,
      'widgets/manifests/crd.yaml': crd('example.com', 'Widget'),
      'widgets/manifests/widget.yaml': custom('example.com', 'Widget'),
    });
    const health = async (bundle: string) => (await fleet.hub.api.assignments(`bundle=${bundle}`))[0];
    const is = (bundle: string, wanted: string) =>
      until(
        `${bundle} ${wanted}`,
        () => health(bundle),
        (it) => it?.sync === 'Synced' && it.health === wanted,
        { timeoutMs: 40_000 },
      );
    await is('widgets', 'Progressing');
    await setStatus('cert-manager.io', 'Certificate', 'certs', {
      conditions: [{ type: 'Ready', status: 'False', reason: 'Failed', message: 'the issuer refused it' }],
    });
    const certs = await is('certs', 'Degraded');
    expect(certs!.objects[0]).toMatchObject({ kind: 'Certificate', message: 'the issuer refused it' });
    await setStatus('cert-manager.io', 'Certificate', 'certs', {
      conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: 'up to date' }],
    });
    await is('certs', 'Healthy');
    await setStatus('example.com', 'Widget', 'widgets', { phase: 'Broken' });
    await is('widgets', 'Degraded');
    await setStatus('example.com', 'Widget', 'widgets', { phase: 'Ready' });
    await is('widgets', 'Healthy');
  });

  it('says what to do where the cluster is not connected', async () => {
    await fleet.members[0]!.agent.kill();
    await until(
      'the end of the session',
      async () => (await fleet.hub.api.clusters())[0],
      (it) => it?.connected === false,
      { timeoutMs: 45_000 },
    );
    const { code, stderr } = await muster('logs', 'web', '--cluster', 'solo');
    expect(code).toBe(2);
    expect(stderr).toContain('Cluster "solo" is not connected to the hub');
  });

  async function muster(...args: string[]) {
    return runProgram('cli', args, { env: await fleet.hub.env() });
  }

  async function web(): Promise<Assignment | undefined> {
    return (await fleet.hub.api.assignments('bundle=web'))[0];
  }

  async function resource(group: string, kind: string): Promise<Resource> {
    const version = 'v1';
    return until(
      kind,
      () => kube.resourceFor(group, version, kind),
      (it) => it !== undefined,
    ) as Promise<Resource>;
  }

  /** The names of the Pods of a workload, once there are so many. */
  async function podsOf(name: string, count: number, label = 'app'): Promise<string[]> {
    const pods = await resource('', 'Pod');
    const { items } = await until(
      `the Pods of ${name}`,
      () => kube.list(pods, { namespace: 'web', labelSelector: `${label}=${name}` }),
      (it) => it.items.length === count,
    );
    return items.map(({ metadata }) => metadata.name).sort();
  }

  async function setStatus(group: string, kind: string, namespace: string, status: object): Promise<void> {
    const { plural, ...rest } = await resource(group, kind);
    const key = { namespace, name: 'it' };
    await until(
      kind,
      () => kube.get({ plural, ...rest }, key).catch(() => undefined),
      (it: KubeObject | undefined) => it !== undefined,
    );
    // A subresource is, for a client, a resource of another name: here a path's end.
    await kubelet.patchStatus(`/apis/${group}/v1/namespaces/${namespace}/${plural}/it/status`, status);
  }
});

const running = {
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', status: 'True' },
    { type: 'Ready', status: 'True' },
  ],
  containerStatuses: [container({ running: { startedAt: '2026-11-21T12:00:00Z' } }, { ready: true })],
};

function container(state: object, more: object = {}): object {
  const image = 'example.com/web:1';
  return { name: 'main', image, imageID: '', ready: false, restartCount: 0, state, ...more };
}

function pending(containerStatuses: readonly object[]): object {
  return { phase: 'Pending', containerStatuses };
}

function messagesOf(assignment: Assignment | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((assignment?.objects ?? []).map(({ name, message }) => [name, message]));
}

function deployment(
  name: string,
  replicas: number,
  { env = false, unbound = false }: { readonly env?: boolean; readonly unbound?: boolean },
): string {
  const secretKeyRef = { name: 'db', key: 'password' };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...(!unbound && { nodeName: playedNode }),
          terminationGracePeriodSeconds: 0,
          ...(name === 'init' && { initContainers: [{ name: 'migrate', image: 'example.com/web:1' }] }),
          containers: [
            {
              name: 'main',
              image: 'example.com/web:1',
              ...(env && { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef } }] }),
            },
          ],
        },
      },
    },
  });
}

const secret = `apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: ${password}}
`;

const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 1 1 *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: main, image: example.com/tool:1}]}
`;

function job(name: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: {
        spec: {
          nodeName: playedNode,
          restartPolicy: 'Never',
          containers: [{ name: 'main', image: 'example.com/tool:1' }],
        },
      },
    },
  };
}

function crd(group: string, kind: string): string {
  const plural = `${kind.toLowerCase()}s`;
  const schema = {
    type: 'object',
    properties: {
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Domains that are Kubernetes' own want this; others don't mind.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  });
}

function custom(group: string, kind: string): string {
  return JSON.stringify({ apiVersion: `${group}/v1`, kind, metadata: { name: 'it' }, spec: { size: 1 } });
}

const widgetHealth = `  health:
    - target: {group: example.com, kind: Widget}
      healthy: "object.status.phase == 'Ready'"
      degraded: "object.status.phase == 'Broken'"
`;

/** What came of an answer so far. */
function collect(answer: Response, signal: AbortSignal): { readonly text: string } {
  const seen = { text: '' };
  const decoder = new TextDecoder();
  const sink = new WritableStream<Uint8Array>({
    write: (part) => void (seen.text += decoder.decode(part, { stream: true })),
  });
  answer.body!.pipeTo(sink, { signal }).catch(() => undefined);
  return seen;
}
