import type { Cluster } from '../operations/cluster.ts';
import { ClaimController } from './claims.ts';
import type { Controller } from './controller.ts';
import { CustomResourceController } from './custom-resources.ts';
import { daemonSetController } from './daemon-sets.ts';
import { DeploymentController } from './deployments.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { jobController } from './jobs.ts';
import { Kubelet } from './kubelet.ts';
import { NamespaceController } from './namespaces.ts';
import { PodEvents } from './pod-events.ts';
import { replicaSetController } from './replica-sets.ts';
import { statefulSetController } from './stateful-sets.ts';

export interface WorkloadSettings {
  /** Without, workloads are only stored. */
  readonly runWorkloads: boolean;
  /** Until Pods are ready, and those of Jobs have ended. */
  readonly podsReadyAfterMs: number;
}

const workloadControllers = (cluster: Cluster, podsReadyAfterMs: number): readonly Controller[] => [
  new DeploymentController(cluster),
  replicaSetController(cluster),
  statefulSetController(cluster),
  daemonSetController(cluster),
  jobController(cluster),
  new ClaimController(cluster),
  new Kubelet(cluster, podsReadyAfterMs),
  new PodEvents(cluster),
];

/** What the controller manager, the scheduler and a kubelet do in a real cluster, as far as it is simulated. */
export const controllersOf = (
  cluster: Cluster,
  { runWorkloads, podsReadyAfterMs }: WorkloadSettings,
): readonly Controller[] => [
  new CustomResourceController(cluster),
  new NamespaceController(cluster),
  new GarbageCollector(cluster),
  ...(runWorkloads ? workloadControllers(cluster, podsReadyAfterMs) : []),
];
