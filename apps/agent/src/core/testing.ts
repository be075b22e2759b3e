import { startSimulatedCluster } from '@muster/kube-sim';
import type { SimulatedCluster } from '@muster/kube-sim';
import { createKubeClient } from '@muster/kube';
import type { KubeClient, Resource } from '@muster/kube';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { readStateFile } from '../file-link/state-file.ts';
import type { OfferOutcome } from '../hub-port.ts';
import { Lease } from '../lease/lease.ts';
import { MemoryKeeper } from '../memory.ts';
import { ClusterState } from '../state/cluster-state.ts';
import { StatusBook } from '../status/book.ts';
import type { AssignmentStatus } from '../status/model.ts';
import { ClusterCore } from './agent-core.ts';
import { Kinds } from './kinds.ts';
import { Reconciler } from './reconciler.ts';

export const fleet = '6f1c0a52-9d6b-4bb2-9d1c-3c1f2a7e5b10';

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};

export function configMap(name: string, value = '1'): object {
  return { apiVersion: 'v1', data: { value }, kind: 'ConfigMap', metadata: { name } };
}

/** An agent in this process on a simulated cluster, whose client a test may change under it. */
export class SimulatedAgent {
  readonly cluster: SimulatedCluster;
  /** The test's own way to the cluster. */
  readonly kube: KubeClient;
  readonly core: ClusterCore;
  readonly reconciler: Reconciler;
  readonly state: ClusterState;
  readonly fatal: readonly unknown[];
  readonly #stop: () => Promise<void>;

  private constructor(
    cluster: SimulatedCluster,
    kube: KubeClient,
    parts: { core: ClusterCore; reconciler: Reconciler; state: ClusterState; fatal: unknown[] },
    stop: () => Promise<void>,
  ) {
    this.cluster = cluster;
    this.kube = kube;
    this.core = parts.core;
    this.reconciler = parts.reconciler;
    this.state = parts.state;
    this.fatal = parts.fatal;
    this.#stop = stop;
  }

  static async start(
    change: (kube: KubeClient) => Partial<KubeClient> = () => ({}),
  ): Promise<SimulatedAgent> {
    const cluster = await startSimulatedCluster();
    const config = {
      server: cluster.url,
      token: cluster.token,
      tls: { ca: cluster.certificateAuthority },
    };
    const real = createKubeClient(config);
    const kube = { ...real, ...change(real) };
    const log = pino({ level: 'silent' });
    const lease = new Lease(real, { identity: 'test', isDead: async () => false }, log);
    const stop = new AbortController();
    await lease.acquire(stop.signal);
    const keeping = lease.keep(stop.signal).catch(() => undefined);
    const checkpoint = (): void => undefined;
    const state = new ClusterState(kube, checkpoint, () => lease.mayWrite());
    const statuses = new StatusBook();
    const kinds = new Kinds(kube);
    const fatal: unknown[] = [];
    const memory = new MemoryKeeper(() => undefined);
    const reconciler = new Reconciler({
      kube,
      state,
      inventory: await state.load(stop.signal),
      lease,
      kinds,
      statuses,
      checkpoint,
      memory,
      log,
      onFatal: (error) => fatal.push(error),
    });
    const core = new ClusterCore({
      kube,
      state,
      kinds,
      reconciler,
      statuses,
      log,
      onRemoved: () => undefined,
    });
    return new SimulatedAgent(cluster, real, { core, reconciler, state, fatal }, async () => {
      memory.stop();
      await reconciler.stop();
      stop.abort();
      await keeping;
      await real.close();
      await cluster.stop();
    });
  }

  /** Offers a desired state, as a file would say it, and waits until it is durable. */
  async say(state: object): Promise<OfferOutcome> {
    const held = this.core.held()?.version.generation ?? 0n;
    const bytes = Buffer.from(JSON.stringify({ fleet, ...state }));
    const { blobs, ...offer } = readStateFile(bytes, () => ({ epoch: 1n, generation: held + 1n }));
    return this.core.offer({
      ...offer,
      fetch: async function* (digests) {
        for (const digest of digests) yield { digest, data: blobs.get(digest) ?? new Uint8Array() };
      },
    });
  }

  async until(bundle: string, isIt: (status: AssignmentStatus) => boolean): Promise<AssignmentStatus> {
    return until(
      () => this.core.statuses().find((status) => status.bundle === bundle),
      (status) => status !== undefined && isIt(status),
    ) as Promise<AssignmentStatus>;
  }

  async names(): Promise<string[]> {
    const { items } = await this.kube.list(configMaps, { labelSelector: `muster.dev/fleet=${fleet}` });
    return items.map((item) => item.metadata.name).sort();
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

export async function until<T>(ask: () => T | Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  let last: T | undefined;
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(10)) {
    last = await ask();
    if (isIt(last)) return last;
  }
  throw new Error(
    `it stayed ${JSON.stringify(last, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`,
  );
}
