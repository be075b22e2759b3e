import { at, numberAt, textAt, type JsonObject } from '../json/value.ts';
import type { Cluster } from '../operations/cluster.ts';
import { templateHash } from './deployment-objects.ts';
import { isReady, podOf } from './pod-objects.ts';
import { Pods } from './pods.ts';
import { resourceOf, WorkloadController } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const revisionLabel = 'controller-revision-hash';

const daemonSetStatus = (
  daemonSet: JsonObject,
  pods: readonly JsonObject[],
  revision: string,
): JsonObject => {
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => textAt(pod, 'metadata', 'labels', revisionLabel) === revision).length;
  return {
    currentNumberScheduled: pods.length,
    desiredNumberScheduled: 1,
    numberMisscheduled: 0,
    numberReady: ready,
    observedGeneration: numberAt(daemonSet, 'metadata', 'generation') ?? 1,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(ready > 0 && { numberAvailable: ready }),
    ...(ready < 1 && { numberUnavailable: 1 - ready }),
  };
};

/** A DaemonSet has one Pod, for the one node that the simulation has without showing it. */
export const daemonSetController = (cluster: Cluster): WorkloadController => {
  const pods = new Pods(cluster);
  const writer = new ControllerWriter(cluster, resourceOf(cluster, 'apps/daemonsets'));
  return new WorkloadController(cluster, {
    storage: 'apps/daemonsets',
    owns: ['/pods'],
    reconcile: (daemonSet) => {
      const revision = templateHash(at(daemonSet, 'spec', 'template') ?? null);
      if (textAt(daemonSet, 'spec', 'updateStrategy', 'type') !== 'OnDelete') {
        for (const pod of pods.of(daemonSet)) {
          if (textAt(pod, 'metadata', 'labels', revisionLabel) !== revision) pods.delete(pod);
        }
      }
      if (pods.of(daemonSet).length === 0) pods.create(podOf(daemonSet, { [revisionLabel]: revision }));
      writer.set(daemonSet, ['status'], daemonSetStatus(daemonSet, pods.of(daemonSet), revision));
      return undefined;
    },
  });
};
