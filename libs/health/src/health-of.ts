import { genericHealth } from './generic.ts';
import { cronJobHealth } from './cron-jobs.ts';
import { bounded } from './message.ts';
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
import { RuleTable } from './rules/rule-table.ts';
import type { HealthRules } from './rules/health-rules.ts';
import { table } from './table/index.ts';
import { terminatingMessage } from './terminating.ts';
import { healthy, progressing } from './verdicts.ts';
import { daemonSetHealth, deploymentHealth, replicaSetHealth, statefulSetHealth } from './workloads.ts';

/** `group/kind` → what decides for a kind that Kubernetes itself serves. */
const core: ReadonlyMap<string, (object: LiveObject) => Health> = new Map([
  ['apps/Deployment', deploymentHealth],
  ['extensions/Deployment', deploymentHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['extensions/ReplicaSet', replicaSetHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['extensions/DaemonSet', daemonSetHealth],
  ['/Pod', podHealth],
  ['batch/Job', jobHealth],
  ['batch/CronJob', cronJobHealth],
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

const custom = new RuleTable(table);

/**
 * The health of any object. Total and pure: whatever the object's shape, there is an answer, with a message of one
 * line. What is being deleted is Progressing; then decide, in this order: rules on top, the kind's own rule, and
 * the conventions that most APIs keep.
 */
export function healthOf(object: LiveObject, onTop?: HealthRules): Health {
  return bounded(decide(object, onTop));
}

function decide(object: LiveObject, onTop: HealthRules | undefined): Health {
  if (fieldsOf(object.metadata).deletionTimestamp) return progressing(terminatingMessage(object));
  const group = groupOf(textOf(object.apiVersion));
  const kind = textOf(object.kind);
  const key = `${group}/${kind}`;
  // Whatever else a Secret holds, nothing of it is told.
  if (key === '/Secret') return healthy();
  const rule = onTop?.healthFunction(group, kind) ?? core.get(key) ?? custom.healthFunction(group, kind);
  return (rule ?? genericHealth)(object);
}

/**
 * False where an object's metadata tells all that health asks for, so that nothing else need be read or kept. Rules
 * on top may look at what the rules here don't.
 */
export function healthNeedsStatus(group: string, kind: string, onTop?: HealthRules): boolean {
  if (onTop?.has(group, kind)) return true;
  return !withoutStatus.has(`${group}/${kind}`) && !custom.isAlwaysHealthy(group, kind);
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
