import { at, isObject, listAt, numberAt, objectAt, textAt, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';
import type { Cluster } from '../operations/cluster.ts';
import { objectKey } from '../store/store.ts';
import { replicasOf, templateHash } from './deployment-objects.ts';
import { isReady, podOf } from './pod-objects.ts';
import { Pods } from './pods.ts';
import { resourceOf, WorkloadController } from './workload.ts';
import { ControllerWriter } from './writer.ts';

const revisionLabel = 'controller-revision-hash';

const ordinalOf = (pod: JsonObject): number => Number(nameOf(pod).split('-').at(-1));

const isOf = (pod: JsonObject, revision: string): boolean =>
  textAt(pod, 'metadata', 'labels', revisionLabel) === revision;

const podOfSet = (set: JsonObject, ordinal: number, revision: string): JsonObject => {
  const name = `${nameOf(set)}-${ordinal}`;
  const labels = {
    [revisionLabel]: revision,
    'apps.kubernetes.io/pod-index': String(ordinal),
    'statefulset.kubernetes.io/pod-name': name,
  };
  const pod = podOf(set, labels, name);
  const claims = listAt(set, 'spec', 'volumeClaimTemplates').map((template) => {
    const claim = textAt(template, 'metadata', 'name') ?? '';
    return { name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } };
  });
  const spec = objectAt(pod, 'spec') ?? {};
  const volumes = [...claims, ...listAt(spec, 'volumes')];
  return { ...pod, spec: { ...spec, hostname: name, ...(volumes.length > 0 && { volumes }) } };
};

const claimsOf = (set: JsonObject, ordinal: number): readonly JsonObject[] =>
  listAt(set, 'spec', 'volumeClaimTemplates')
    .filter(isObject)
    .map((template) => {
      const { status: _status, ...claim } = template;
      const labels = objectAt(set, 'spec', 'selector', 'matchLabels') ?? {};
      const name = `${nameOf(template)}-${nameOf(set)}-${ordinal}`;
      const metadata = { ...objectAt(template, 'metadata'), name, namespace: namespaceOf(set) ?? '', labels };
      return { ...claim, metadata };
    });

const statefulSetStatus = (set: JsonObject, pods: readonly JsonObject[], revision: string): JsonObject => {
  const ready = pods.filter(isReady).length;
  const updated = pods.filter((pod) => isOf(pod, revision)).length;
  const isComplete = updated === replicasOf(set) && ready === pods.length && pods.length === updated;
  const before = textAt(set, 'status', 'currentRevision') ?? revision;
  const current = isComplete ? revision : before;
  const currentReplicas = pods.filter((pod) => isOf(pod, current)).length;
  return {
    observedGeneration: numberAt(set, 'metadata', 'generation') ?? 1,
    replicas: pods.length,
    ...(ready > 0 && { readyReplicas: ready }),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: current,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: ready,
  };
};

/**
 * A StatefulSet has its Pods one after the other, each when those before it are ready, and changes them from the
 * last to the first. It knows its newest template only: there are no ControllerRevisions.
 */
export const statefulSetController = (cluster: Cluster): WorkloadController => {
  const pods = new Pods(cluster);
  const writer = new ControllerWriter(cluster, resourceOf(cluster, 'apps/statefulsets'));
  const claims = new ControllerWriter(cluster, resourceOf(cluster, '/persistentvolumeclaims'));

  const createPod = (set: JsonObject, ordinal: number, revision: string): void => {
    for (const claim of claimsOf(set, ordinal)) {
      const key = objectKey(namespaceOf(claim), nameOf(claim));
      if (cluster.store.get('/persistentvolumeclaims', key) === undefined) claims.create(claim);
    }
    pods.create(podOfSet(set, ordinal, revision));
  };

  /** One step: what comes next waits for this to be ready, unless Pods are managed in parallel. */
  const step = (set: JsonObject, revision: string): void => {
    const isOrdered = textAt(set, 'spec', 'podManagementPolicy') !== 'Parallel';
    const existing = new Map(pods.of(set).map((pod) => [ordinalOf(pod), pod]));
    for (let ordinal = 0; ordinal < replicasOf(set); ordinal += 1) {
      const pod = existing.get(ordinal);
      if (pod === undefined) createPod(set, ordinal, revision);
      if (isOrdered && (pod === undefined || !isReady(pod))) return;
    }
    const fromLast = [...existing.values()].sort((a, b) => ordinalOf(b) - ordinalOf(a));
    for (const pod of fromLast.filter((one) => ordinalOf(one) >= replicasOf(set))) pods.delete(pod);
    if (textAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
    const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
    for (const pod of fromLast.filter((one) => ordinalOf(one) < replicasOf(set))) {
      if (ordinalOf(pod) < partition) return;
      if (!isOf(pod, revision)) return pods.delete(pod);
      if (!isReady(pod)) return;
    }
  };

  return new WorkloadController(cluster, {
    storage: 'apps/statefulsets',
    owns: ['/pods'],
    reconcile: (set) => {
      const revision = `${nameOf(set)}-${templateHash(at(set, 'spec', 'template') ?? null)}`;
      step(set, revision);
      writer.set(set, ['status'], statefulSetStatus(set, pods.of(set), revision));
      return undefined;
    },
  });
};
