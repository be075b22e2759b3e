import { describe } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import { kubernetesConformance } from './suite.ts';

const missing = await whyNoClusters([
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
]);

describe.skipIf(missing !== undefined)('the real Kubernetes', () => {
  kubernetesConformance('the real Kubernetes', async () => {
    const cluster = await startCluster({ controllerManager: true, scheduler: true, kwok: true });
    // The history is the watch cache's, which a new process begins with the present.
    return { ...cluster, forgetHistory: cluster.apiServer.restart };
  });
});
