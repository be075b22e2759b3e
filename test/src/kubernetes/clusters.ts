import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClusterOn, type ClusterOptions, type TestCluster } from './cluster.ts';
import { startEtcd } from './etcd.ts';

/** Clusters that share one etcd. */
export interface TestClusters {
  readonly clusters: readonly TestCluster[];
  /** Kills every process and removes every file. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts `count` real clusters at once, each an API server of its own on one shared etcd: about 270 MB and three
 * seconds each. Their logs are in a temporary folder while they run; what fails shows the end of its log.
 *
 * The processes die with this one, however it ends.
 */
export async function startClusters(
  count: number,
  options: ClusterOptions | ((index: number) => ClusterOptions) = {},
): Promise<TestClusters> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-clusters-'));
  const etcd = await startEtcd(folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => {
      const own = typeof options === 'function' ? options(index) : options;
      const name = own.name ?? `cluster-${index + 1}`;
      return startClusterOn(etcd.url, join(folder, name), name, own);
    }),
  );
  const clusters = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
    await etcd.component.kill();
    await rm(folder, { recursive: true, force: true });
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { clusters, stop };
}

/** One cluster with an etcd of its own; `stop()` leaves nothing. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { clusters, stop } = await startClusters(1, options);
  return { ...clusters[0]!, stop };
}
