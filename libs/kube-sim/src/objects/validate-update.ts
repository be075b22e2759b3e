import type { StatusCause } from '../api/api-error.ts';
import { at, jsonEqual, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { finalizersOf, isTerminating } from './metadata.ts';
import { wrong } from './causes.ts';

/** Fields that can't change once an object is there, by group and kind. */
const fixed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/Deployment': [['spec', 'selector']],
  'apps/ReplicaSet': [['spec', 'selector']],
  'apps/DaemonSet': [['spec', 'selector']],
  'batch/Job': [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completionMode'],
  ],
  '/Secret': [['type']],
  'storage.k8s.io/StorageClass': [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  'rbac.authorization.k8s.io/RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['roleRef']],
  'apiextensions.k8s.io/CustomResourceDefinition': [
    ['spec', 'group'],
    ['spec', 'scope'],
    ['spec', 'names', 'kind'],
  ],
  'scheduling.k8s.io/PriorityClass': [['value']],
};

/** What may change in a StatefulSet's spec. */
const openInStatefulSet = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const frozenWhenImmutable = ['data', 'stringData', 'binaryData', 'immutable'];

const immutableData = (old: JsonObject, next: JsonObject): StatusCause[] =>
  old['immutable'] !== true
    ? []
    : frozenWhenImmutable
        .filter((field) => !jsonEqual(old[field], next[field]))
        .map((field) => ({
          reason: 'FieldValueForbidden',
          message: 'Forbidden: field is immutable when `immutable` is set',
          field,
        }));

const statefulSet = (old: JsonObject, next: JsonObject): StatusCause[] => {
  const closed = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries((object['spec'] ?? {}) as JsonObject).filter(
        ([name]) => !openInStatefulSet.includes(name),
      ),
    );
  return jsonEqual(closed(old), closed(next))
    ? []
    : [
        {
          reason: 'FieldValueForbidden',
          message: `Forbidden: updates to statefulset spec for fields other than ${openInStatefulSet
            .slice(0, -1)
            .map((field) => `'${field}'`)
            .join(', ')} and '${openInStatefulSet.at(-1) ?? ''}' are forbidden`,
          field: 'spec',
        },
      ];
};

/** An object that is to go waits for nothing more. */
const newFinalizers = (old: JsonObject, next: JsonObject): StatusCause[] => {
  const added = finalizersOf(next).filter((finalizer) => !finalizersOf(old).includes(finalizer));
  return added.length === 0
    ? []
    : [
        {
          reason: 'FieldValueForbidden',
          message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added
            .map((finalizer) => JSON.stringify(finalizer))
            .join(', ')}}`,
          field: 'metadata.finalizers',
        },
      ];
};

/** Why an object can't become another one. */
export const validateUpdate = (
  resource: ServedResource,
  old: JsonObject,
  next: JsonObject,
): readonly StatusCause[] => {
  const id = `${resource.group}/${resource.kind}`;
  const causes = (fixed[id] ?? [])
    .filter((path) => !jsonEqual(at(old, ...path), at(next, ...path)))
    .map((path) => wrong(path.join('.'), at(next, ...path), 'field is immutable'));
  if (id === '/ConfigMap' || id === '/Secret') causes.push(...immutableData(old, next));
  if (id === 'apps/StatefulSet') causes.push(...statefulSet(old, next));
  if (isTerminating(old)) causes.push(...newFinalizers(old, next));
  const clusterIp = at(old, 'spec', 'clusterIP');
  if (id === '/Service' && clusterIp !== undefined && at(next, 'spec', 'type') !== 'ExternalName') {
    const wanted = at(next, 'spec', 'clusterIP');
    if (wanted !== clusterIp) {
      causes.push(wrong('spec.clusterIPs[0]', [wanted ?? null], 'may not change once set'));
    }
  }
  return causes;
};
