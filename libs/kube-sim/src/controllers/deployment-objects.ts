import { listAt, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { namespaceOf, nameOf } from '../objects/metadata.ts';
import { isReady, ownedBy } from './pod-objects.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Ten letters of the template's content: equal templates share a ReplicaSet. FNV-1a is as good as any here. */
export const templateHash = (template: Json): string => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(JSON.stringify(template), 'utf8')) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  const base = BigInt(alphabet.length);
  return Array.from(
    { length: 10 },
    (_, index) => alphabet[Number((hash / base ** BigInt(index)) % base)],
  ).join('');
};

const labelledTemplate = (deployment: JsonObject, hash: string): JsonObject => {
  const template = objectAt(deployment, 'spec', 'template') ?? {};
  const metadata = objectAt(template, 'metadata') ?? {};
  return {
    ...template,
    metadata: { ...metadata, labels: { ...objectAt(metadata, 'labels'), 'pod-template-hash': hash } },
  };
};

export const replicaSetOf = (deployment: JsonObject, hash: string): JsonObject => {
  const template = labelledTemplate(deployment, hash);
  const selector = objectAt(deployment, 'spec', 'selector', 'matchLabels') ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment) ?? '',
      labels: objectAt(template, 'metadata', 'labels') ?? {},
      ownerReferences: ownedBy(deployment),
    },
    spec: {
      replicas: replicasOf(deployment),
      selector: { matchLabels: { ...selector, 'pod-template-hash': hash } },
      template,
    },
  };
};

export const replicasOf = (object: JsonObject): number => numberAt(object, 'spec', 'replicas') ?? 1;

const condition = (
  old: JsonObject,
  type: string,
  is: boolean,
  reason: string,
  message: string,
  time: string,
): JsonObject => {
  const status = is ? 'True' : 'False';
  const before = listAt(old, 'status', 'conditions').find((one) => textAt(one, 'type') === type);
  const since = textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : undefined;
  const told =
    textAt(before, 'reason') === reason && since !== undefined ? textAt(before, 'lastUpdateTime') : undefined;
  return { type, status, lastUpdateTime: told ?? time, lastTransitionTime: since ?? time, reason, message };
};

/** What a Deployment says of `pods` of its newest template and `oldPods` of earlier ones. */
export const deploymentStatus = (
  deployment: JsonObject,
  replicaSetName: string,
  pods: readonly JsonObject[],
  oldPods: readonly JsonObject[],
  time: string,
): JsonObject => {
  const wanted = replicasOf(deployment);
  const ready = [...pods, ...oldPods].filter(isReady).length;
  const total = pods.length + oldPods.length;
  const complete = pods.filter(isReady).length >= wanted && oldPods.length === 0;
  const available = ready >= wanted - Math.floor(wanted / 4);
  return {
    observedGeneration: numberAt(deployment, 'metadata', 'generation') ?? 1,
    ...(total > 0 && { replicas: total }),
    ...(pods.length > 0 && { updatedReplicas: pods.length }),
    ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
    ...(wanted > ready && { unavailableReplicas: wanted - ready }),
    conditions: [
      available
        ? condition(
            deployment,
            'Available',
            true,
            'MinimumReplicasAvailable',
            'Deployment has minimum availability.',
            time,
          )
        : condition(
            deployment,
            'Available',
            false,
            'MinimumReplicasUnavailable',
            'Deployment does not have minimum availability.',
            time,
          ),
      complete
        ? condition(
            deployment,
            'Progressing',
            true,
            'NewReplicaSetAvailable',
            `ReplicaSet "${replicaSetName}" has successfully progressed.`,
            time,
          )
        : condition(
            deployment,
            'Progressing',
            true,
            'ReplicaSetUpdated',
            `ReplicaSet "${replicaSetName}" is progressing.`,
            time,
          ),
    ],
  };
};
