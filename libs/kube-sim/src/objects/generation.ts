import { isObject, jsonEqual, numberAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { withMeta } from './metadata.ts';

/** Built-in kinds that count changes of what is wanted; the others have no `metadata.generation`. */
const counting: ReadonlySet<string> = new Set([
  '/Pod',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'autoscaling/HorizontalPodAutoscaler',
  'batch/CronJob',
  'batch/Job',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

export const hasGeneration = (resource: ServedResource): boolean =>
  resource.custom || counting.has(`${resource.group}/${resource.kind}`);

/** What the generation counts: for custom resources all but metadata and status, for the others what isn't status. */
const wanted = (object: JsonObject): Json => {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
};

/** The generation that a changed object gets; the old one's, unless what is wanted has changed. */
export const withNextGeneration = (
  resource: ServedResource,
  old: JsonObject,
  next: JsonObject,
): JsonObject => {
  if (!hasGeneration(resource)) return withMeta(next, 'generation', undefined);
  const generation = numberAt(old, 'metadata', 'generation') ?? 0;
  // A kind that keeps its status on the main path (none is served so) counts that as wanted, too.
  const annotated =
    resource.group === 'apps' && resource.kind === 'Deployment' && !sameAnnotations(old, next) ? 1 : 0;
  const changed = jsonEqual(wanted(old), wanted(next)) ? annotated : 1;
  return withMeta(next, 'generation', generation + changed);
};

/** Deployments alone count changed annotations, which their controller copies to ReplicaSets. */
const sameAnnotations = (old: JsonObject, next: JsonObject): boolean => {
  const annotations = (object: JsonObject): Json =>
    (isObject(object['metadata']) ? object['metadata']['annotations'] : undefined) ?? null;
  return jsonEqual(annotations(old), annotations(next));
};
