import { genericHealth } from './generic.ts';
import type { Health, LiveObject } from './model.ts';
import { jobHealth, podHealth } from './pods.ts';
import { fieldsOf, textOf } from './read.ts';
import {
  apiServiceHealth,
  autoscalerHealth,
  customResourceDefinitionHealth,
  disruptionBudgetHealth,
  ingressHealth,
  namespaceHealth,
  persistentVolumeClaimHealth,
  serviceHealth,
} from './resources.ts';
import { progressing } from './verdicts.ts';
import { daemonSetHealth, deploymentHealth, replicaSetHealth, statefulSetHealth } from './workloads.ts';

/** `group/kind` → the rule of a kind that Kubernetes itself serves. */
const rules: ReadonlyMap<string, (object: LiveObject) => Health> = new Map([
  ['apps/Deployment', deploymentHealth],
  ['extensions/Deployment', deploymentHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['extensions/ReplicaSet', replicaSetHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['extensions/DaemonSet', daemonSetHealth],
  ['/Pod', podHealth],
  ['batch/Job', jobHealth],
  ['/PersistentVolumeClaim', persistentVolumeClaimHealth],
  ['/Service', serviceHealth],
  ['networking.k8s.io/Ingress', ingressHealth],
  ['extensions/Ingress', ingressHealth],
  ['autoscaling/HorizontalPodAutoscaler', autoscalerHealth],
  ['apiregistration.k8s.io/APIService', apiServiceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinitionHealth],
  ['/Namespace', namespaceHealth],
  ['policy/PodDisruptionBudget', disruptionBudgetHealth],
]);

/** Kinds that have no status, or none that says anything of health: their metadata is enough. */
const withoutStatus: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/LimitRange',
  '/Endpoints',
  '/Event',
  '/PodTemplate',
  'apps/ControllerRevision',
  'batch/CronJob',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'networking.k8s.io/NetworkPolicy',
  'networking.k8s.io/IngressClass',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSIDriver',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'coordination.k8s.io/Lease',
  'discovery.k8s.io/EndpointSlice',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
]);

/** The health of any object. Total and pure: whatever the object's shape, there is an answer. */
export function healthOf(object: LiveObject): Health {
  if (fieldsOf(object.metadata).deletionTimestamp) return progressing('the object is being deleted');
  const rule = rules.get(`${groupOf(textOf(object.apiVersion))}/${textOf(object.kind)}`);
  return (rule ?? genericHealth)(object);
}

/** False where an object's metadata tells all that health asks for, so that nothing else need be read or kept. */
export function healthNeedsStatus(group: string, kind: string): boolean {
  return !withoutStatus.has(`${group}/${kind}`);
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
