// How long a commit takes to become objects: an HTTPS repo, a webhook, three real clusters. Beside it, in the same
// run, the bare applies of the same objects to the same clusters in parallel: what nobody can be faster than.

import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, type KubeClient, type KubeObject } from '@muster/kube';
import {
  rawApplies,
  type ServedRepo,
  startAgent,
  startClusters,
  startGitServer,
  startHub,
  type TestCluster,
  type TestHub,
  until,
} from '@muster/testing';
import { LiveObjects } from './support/live-objects.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { percentile, rounded } from './support/statistics.ts';

const CLUSTERS = 3;
const CONFIG_MAPS = 10;
const TIMES = quick ? 3 : 10;
const MANY_BUNDLES = 50;
const SECRET = 'bench-webhook-secret';

interface Member {
  readonly cluster: TestCluster;
  readonly kube: KubeClient;
  readonly live: LiveObjects;
}

await using running = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
running.defer(() => rm(folder, { recursive: true, force: true }));
const git = await startGitServer({ tls: true });
running.defer(() => git.close());
const repo = await git.createRepo('fleet');
await repo.commit(bundle('paced', {}));
await writeFile(join(folder, 'ca.pem'), git.ca!);
const hub = await startHub({
  gitUrl: repo.url,
  env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), MUSTER_WEBHOOK_SECRET: SECRET },
});
running.defer(() => hub.stop());
progress(`starting ${CLUSTERS} clusters`);
const real = await startClusters(CLUSTERS, { controllerManager: true });
running.defer(() => real.stop());
const members = await Promise.all(real.clusters.map(enrolMember));
await until(
  'the agents',
  () => hub.api.clusters(),
  (all) => all.length === CLUSTERS && all.every((it) => it.connected),
);

progress('warming up');
await change('warm', 0);
const creates: number[] = [];
const changes: number[] = [];
const bareCreates: number[] = [];
const bareChanges: number[] = [];
for (let time = 1; time <= TIMES; time += 1) {
  progress(`time ${time} of ${TIMES}`);
  bareCreates.push(await bare(`bare-${time}`, 1));
  creates.push(await change(`made-${time}`, 1));
  bareChanges.push(await bare(`bare-${time}`, 2));
  changes.push(await change(`made-${time}`, 2));
}
const fifty = await manyBundles();

report(
  'commit-to-applied',
  {
    createOverheadMsP50: rounded(percentile(creates, 50) - percentile(bareCreates, 50)),
    changeOverheadMsP50: rounded(percentile(changes, 50) - percentile(bareChanges, 50)),
    changeMsP50: rounded(percentile(changes, 50)),
    changeMsP95: rounded(percentile(changes, 95)),
    createMsP50: rounded(percentile(creates, 50)),
    bareCreateMsP50: rounded(percentile(bareCreates, 50)),
    bareChangeMsP50: rounded(percentile(bareChanges, 50)),
    fiftyExistS: rounded(fifty.existS, 2),
    fiftyHealthyS: rounded(fifty.healthyS, 2),
  },
  {
    createOverheadMsP50: atMost(200),
    changeOverheadMsP50: atMost(200),
    changeMsP50: atMost(250),
    changeMsP95: atMost(400),
    fiftyExistS: atMost(2),
    fiftyHealthyS: atMost(3),
  },
  {
    clusters: CLUSTERS,
    configMaps: CONFIG_MAPS,
    times: TIMES,
    fifty: 'in one namespace that is there',
    repo: 'https, isomorphic-git',
    trigger: 'webhook',
  },
);

async function enrolMember(cluster: TestCluster): Promise<Member> {
  const agent = await startAgent({ hub, name: cluster.name, kubeconfig: cluster.kubeconfig });
  running.defer(() => agent.stop());
  const kube = createKubeClient(cluster.config);
  running.defer(() => kube.close());
  const namespaces = (await kube.resourceFor('', 'v1', 'Namespace'))!;
  for (const name of ['paced', 'bare', 'many']) {
    await kube.create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const live = new LiveObjects(kube, (await kube.resourceFor('', 'v1', 'ConfigMap'))!, 'paced');
  running.defer(() => live.close());
  return { cluster, kube, live };
}

/** Ten ConfigMaps of a round, by name. */
function objectsOf(round: string, version: number): { readonly name: string; readonly json: string }[] {
  return Array.from({ length: CONFIG_MAPS }, (_, index) => {
    const name = `${round}-${index}`;
    return {
      name,
      json: JSON.stringify({
        apiVersion: 'v1',
        data: { version: String(version) },
        kind: 'ConfigMap',
        metadata: { name },
      }),
    };
  });
}

function bundle(
  name: string,
  manifests: Readonly<Record<string, string>>,
  namespace = name,
): Record<string, string> {
  const files: Record<string, string> = {
    [`${name}/muster.yaml`]: `apiVersion: muster.dev/v1alpha1
kind: Bundle
metadata: {name: ${name}}
spec:
  namespace: ${namespace}
  source: {manifests: {path: ./manifests}}
  targets: [{clusterSelector: {}}]
`,
    [`${name}/manifests/keep.yaml`]: '',
  };
  for (const [file, content] of Object.entries(manifests)) files[`${name}/manifests/${file}`] = content;
  return files;
}

/** From the webhook sent until all ten are there, so, on all three clusters. */
async function change(round: string, version: number): Promise<number> {
  const objects = objectsOf(round, version);
  await repo.commit(bundle('paced', { [`${round}.yaml`]: objects.map((it) => it.json).join('\n---\n') }));
  const started = performance.now();
  await webhook(hub, repo);
  const seen = members.flatMap(({ live }) =>
    objects.map(({ name }) =>
      live.seen(
        name,
        (object) => (object?.['data'] as { version?: string } | undefined)?.version === String(version),
      ),
    ),
  );
  return Math.max(...(await Promise.all(seen))) - started;
}

async function bare(round: string, version: number): Promise<number> {
  const applies = objectsOf(round, version).map(({ name, json }) => ({
    path: `/api/v1/namespaces/bare/configmaps/${name}`,
    body: Buffer.from(json),
  }));
  const taken = await Promise.all(
    members.map(({ cluster }) => rawApplies(cluster.config, applies, CONFIG_MAPS)),
  );
  return Math.max(...taken.map((it) => it.seconds)) * 1000;
}

async function webhook(to: TestHub, about: ServedRepo): Promise<void> {
  const body = JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url: about.url } });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const answer = await fetch(`${to.url}/api/v1/webhooks/git`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  if (!answer.ok) throw new Error(`webhook: ${answer.status} ${await answer.text()}`);
}

/** 50 bundles of four objects, one of them a Deployment scaled to 0, to all three clusters in one commit. */
async function manyBundles(): Promise<{ readonly existS: number; readonly healthyS: number }> {
  progress(`${MANY_BUNDLES} bundles at once`);
  const files: Record<string, string> = {};
  for (let index = 0; index < MANY_BUNDLES; index += 1) {
    const name = `many-${index}`;
    const four = ['one', 'two', 'three'].map(
      (it) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}-${it}}\ndata: {of: ${name}}\n`,
    );
    // All in one namespace that is there: what a new one brings along would be the controllers' work, not the hub's.
    const manifests = { 'objects.yaml': [...four, deployment(name)].join('---\n') };
    Object.assign(files, bundle(name, manifests, 'many'));
  }
  await repo.commit(files);
  // Seen by watches: asking again and again would take CPU from what is measured.
  const all = await Promise.all(members.map(({ kube }) => watchAll(kube)));
  const started = performance.now();
  await webhook(hub, repo);
  const exist = Promise.all(
    all.flatMap(({ configMaps, deployments }) => [
      configMaps.count(isOneOfMany, MANY_BUNDLES * 3),
      deployments.count(isOneOfMany, MANY_BUNDLES),
    ]),
  ).then((times) => (Math.max(...times) - started) / 1000);
  const healthy = until(
    'all Healthy',
    () => hub.api.status(),
    (it) =>
      it.assignments.total === CLUSTERS * (MANY_BUNDLES + 1) &&
      it.assignments.sync.Synced === it.assignments.total &&
      it.assignments.health.Healthy === it.assignments.total,
    { timeoutMs: 120_000, everyMs: 50 },
  ).then(() => (performance.now() - started) / 1000);
  return { existS: await exist, healthyS: await healthy };
}

/** Controllers put a ConfigMap of theirs into every namespace. */
function isOneOfMany({ metadata }: KubeObject): boolean {
  return metadata.namespace === 'many' && metadata.name !== 'kube-root-ca.crt';
}

async function watchAll(kube: KubeClient): Promise<{ configMaps: LiveObjects; deployments: LiveObjects }> {
  const follow = async (group: string, kind: string): Promise<LiveObjects> => {
    const live = new LiveObjects(kube, (await kube.resourceFor(group, 'v1', kind))!);
    running.defer(() => live.close());
    return live;
  };
  return { configMaps: await follow('', 'ConfigMap'), deployments: await follow('apps', 'Deployment') };
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 0
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: "registry.example.com/main:1"}]}
`;
}
