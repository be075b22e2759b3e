import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '@muster/kube-sim';
import type { Folders } from './folders.ts';
import { sampleClusters } from './sample-clusters.ts';

/** Starts the simulated clusters, each with its state of the last run and a kubeconfig that `kubectl` takes. */
export async function startClusters(folders: Folders): Promise<readonly SimulatedCluster[]> {
  return Promise.all(
    sampleClusters.map(async ({ name }) => {
      const folder = folders.cluster(name);
      await mkdir(folder, { recursive: true });
      const cluster = await startSimulatedCluster({ name, snapshotFile: join(folder, 'snapshot.json') });
      await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
      return cluster;
    }),
  );
}
