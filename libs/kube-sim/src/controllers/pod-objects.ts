import { isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { nameOf, namespaceOf, uidOf } from '../objects/metadata.ts';

/** Pods whose template says so never become ready: for demonstrations of a rollout that doesn't finish. */
export const readyAnnotation = 'sim.muster.dev/ready';

/** Pods of a Job whose template says so fail. */
export const succeedAnnotation = 'sim.muster.dev/succeed';

/** What the containers of Pods whose template says so wrote. */
export const logAnnotation = 'sim.muster.dev/log';

export const ownedBy = (owner: JsonObject): Json => [
  {
    apiVersion: textAt(owner, 'apiVersion') ?? '',
    kind: textAt(owner, 'kind') ?? '',
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  },
];

export const isOwnedBy = (object: JsonObject, owner: JsonObject): boolean =>
  listAt(object, 'metadata', 'ownerReferences').some(
    (reference) => textAt(reference, 'uid') === uidOf(owner),
  );

/** A Pod of the owner's template, with labels beyond the template's; the server ends its name if none is given. */
export const podOf = (owner: JsonObject, labels: JsonObject = {}, name?: string): JsonObject => {
  const template = objectAt(owner, 'spec', 'template') ?? {};
  const metadata = objectAt(template, 'metadata') ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      labels: { ...objectAt(metadata, 'labels'), ...labels },
      ...(name !== undefined && { name }),
      generateName: `${nameOf(owner)}-`,
      namespace: namespaceOf(owner) ?? '',
      ownerReferences: ownedBy(owner),
    },
    spec: template['spec'] ?? {},
  };
};

/** Of a Pod whose containers are in `state`, as the kubelet would tell it. */
const podStatus = (
  pod: JsonObject,
  phase: string,
  ready: boolean,
  time: string,
  state: JsonObject,
): JsonObject => ({
  phase,
  qosClass: 'BestEffort',
  startTime: time,
  conditions: ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: ready || type === 'Initialized' || type === 'PodScheduled' ? 'True' : 'False',
    lastTransitionTime: time,
  })),
  containerStatuses: listAt(pod, 'spec', 'containers')
    .filter(isObject)
    .map((container) => ({
      name: textAt(container, 'name') ?? '',
      image: textAt(container, 'image') ?? '',
      imageID: '',
      ready,
      started: ready,
      restartCount: 0,
      state,
    })),
});

export const runningStatus = (pod: JsonObject, time: string): JsonObject =>
  podStatus(pod, 'Running', true, time, { running: { startedAt: time } });

export const finishedStatus = (pod: JsonObject, succeeded: boolean, time: string): JsonObject =>
  podStatus(pod, succeeded ? 'Succeeded' : 'Failed', false, time, {
    terminated: {
      exitCode: succeeded ? 0 : 1,
      reason: succeeded ? 'Completed' : 'Error',
      startedAt: time,
      finishedAt: time,
    },
  });

export const isReady = (pod: JsonObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );

export const phaseOf = (pod: JsonObject): string => textAt(pod, 'status', 'phase') ?? 'Pending';

export const annotationOf = (pod: JsonObject, name: string): string | undefined =>
  textAt(pod, 'metadata', 'annotations', name);
