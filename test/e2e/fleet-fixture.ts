import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubeClient, KubeApiError, type KubeObject, createKubeClient } from '@muster/kube';
import {
  type ClusterOptions,
  startAgent,
  startClusters,
  startHub,
  type TestAgent,
  type TestCluster,
  type TestHub,
  TestRepo,
  until,
} from '@muster/testing';

/** A hub, a repo and joined clusters, each with its agent: what most end-to-end tests start from. */
export interface TestFleet {
  readonly repo: TestRepo;
  readonly hub: TestHub;
  readonly members: readonly Member[];
  readonly member: (name: string) => Member;
  /** Commits, tells the hub, and resolves when the hub has resolved the commit, whatever came of it. */
  readonly commit: (files: Readonly<Record<string, string | null>>, message?: string) => Promise<string>;
  /** Resolves when every cluster is connected, at its newest desired state, Synced and Healthy. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Member {
  readonly name: string;
  readonly cluster: TestCluster;
  readonly agent: TestAgent;
  readonly kube: KubeClient;
  /** A live object, or undefined when there is none. */
  readonly get: (
    kind: string,
    namespace: string | undefined,
    name: string,
  ) => Promise<KubeObject | undefined>;
}

export interface FleetOptions {
  readonly clusters: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly clusterOptions?: ClusterOptions;
  readonly files: Readonly<Record<string, string>>;
  readonly hubFlags?: readonly string[];
}

export async function startFleet(options: FleetOptions): Promise<TestFleet> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'muster-fleet-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const repo = await TestRepo.create(join(folder, 'repo'));
  await repo.commit(options.files, 'Start');
  const hub = await startHub({
    gitUrl: repo.path,
    ...(options.hubFlags === undefined ? {} : { flags: options.hubFlags }),
  });
  starting.defer(() => hub.stop());
  const real = await startClusters(options.clusters.length, (index) => ({
    ...options.clusterOptions,
    name: options.clusters[index]!.name,
  }));
  starting.defer(() => real.stop());
  const members = await Promise.all(
    options.clusters.map(async ({ name, labels }, index) => {
      const cluster = real.clusters[index]!;
      const agent = await startAgent({ hub, name, labels, kubeconfig: cluster.kubeconfig });
      starting.defer(() => agent.stop());
      const kube = createKubeClient(cluster.config);
      starting.defer(() => kube.close());
      return { name, cluster, agent, kube, get: getter(kube) };
    }),
  );
  const owned = starting.move();
  const fleet: TestFleet = {
    repo,
    hub,
    members,
    member: (name) => members.find((member) => member.name === name)!,
    commit: async (files, message) => {
      const sha = await repo.commit(files, message);
      await hub.api.call('POST', 'sync', {});
      await until(
        'the resolved commit',
        () => hub.api.revisions(`sha=${sha}`),
        ([it]) => it !== undefined && it.state !== 'Resolving',
      );
      return sha;
    },
    settled: () => settled(hub, options.clusters.length),
    stop: () => owned.disposeAsync(),
  };
  return fleet;
}

async function settled(hub: TestHub, count: number): Promise<void> {
  await until(
    'a settled fleet',
    () => hub.api.clusters(),
    (clusters) =>
      clusters.length >= count &&
      clusters.every(
        (it) =>
          it.connected &&
          it.sync === 'Synced' &&
          it.health === 'Healthy' &&
          it.applied !== null &&
          it.applied.generation === it.desired?.generation,
      ),
    { timeoutMs: 40_000 },
  );
}

/** Where the kinds of these tests live. */
const versions: Readonly<Record<string, readonly [group: string, version: string]>> = {
  ConfigMap: ['', 'v1'],
  Secret: ['', 'v1'],
  Namespace: ['', 'v1'],
  Service: ['', 'v1'],
  Deployment: ['apps', 'v1'],
  CustomResourceDefinition: ['apiextensions.k8s.io', 'v1'],
};

function getter(kube: KubeClient): Member['get'] {
  return async (kind, namespace, name) => {
    const [group, version] = versions[kind] ?? ['', 'v1'];
    const resource = await kube.resourceFor(group, version, kind);
    if (resource === undefined) return undefined;
    try {
      return await kube.get(resource, namespace === undefined ? { name } : { namespace, name });
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  };
}

/** A bundle's fleet file. */
export function bundleFile(
  name: string,
  options: { readonly namespace?: string; readonly selector: string },
): string {
  return `apiVersion: muster.dev/v1alpha1
kind: Bundle
metadata: {name: ${name}}
spec:
  namespace: ${options.namespace ?? name}
  source: {manifests: {path: ./manifests}}
  targets:
    - clusterSelector: ${options.selector}
`;
}

export function configMap(name: string, data: Readonly<Record<string, string>>): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${JSON.stringify(data)}\n`;
}
