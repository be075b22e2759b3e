import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatedCluster } from '@muster/kube-sim';
import { loadKubeConfig } from '@muster/kube';
import { kubernetesConformance } from './suite.ts';

kubernetesConformance('the simulated Kubernetes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-conformance-'));
  const cluster = await startSimulatedCluster();
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    config: await loadKubeConfig({ file: kubeconfig }),
    kubeconfig,
    forgetHistory: async () => cluster.compactHistory(),
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true });
    },
  };
});
