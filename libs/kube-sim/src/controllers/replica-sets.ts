import { listAt, textAt, type JsonObject } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { replicasOf } from './deployment-objects.ts';
import { Pods } from './pods.ts';
import { WorkloadController } from './workload.ts';

const isOfDeployment = (replicaSet: JsonObject): boolean =>
  listAt(replicaSet, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'kind') === 'Deployment');

/** ReplicaSets that stand alone; the others are their Deployments'. */
export const replicaSetController = (cluster: Cluster): WorkloadController => {
  const pods = new Pods(cluster);
  return new WorkloadController(cluster, {
    storage: 'apps/replicasets',
    owns: ['/pods'],
    reconcile: (replicaSet) => {
      if (!isOfDeployment(replicaSet)) pods.scale(replicaSet, replicasOf(replicaSet));
      return undefined;
    },
  });
};
