import type { Resource } from '@muster/kube';

/** By `group/kind`: what Kubernetes' own controllers make for an object. */
const ofControllers: ReadonlyMap<string, readonly string[]> = new Map([
  ['apps/Deployment', ['apps/ReplicaSet']],
  ['apps/ReplicaSet', ['/Pod']],
  ['apps/StatefulSet', ['/Pod', '/PersistentVolumeClaim']],
  ['apps/DaemonSet', ['/Pod']],
  ['/ReplicationController', ['/Pod']],
  ['batch/CronJob', ['batch/Job']],
  ['batch/Job', ['/Pod']],
  ['/Service', ['discovery.k8s.io/EndpointSlice']],
]);

/** What operators make for the objects of their own kinds. */
const ofOperators: readonly string[] = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  'batch/CronJob',
  '/Pod',
  '/Service',
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/PersistentVolumeClaim',
  'networking.k8s.io/Ingress',
  'policy/PodDisruptionBudget',
];

/** More kinds than these are not looked through for one owner. */
const maxKinds = 60;

/**
 * The kinds that what an object of a kind owns may be of: those that Kubernetes' controllers make, and for custom
 * resources also those of groups of the same domain (`acme.cert-manager.io` beside `cert-manager.io`).
 */
export function childKinds(
  owner: { readonly group: string; readonly kind: string },
  served: readonly Resource[],
): readonly Resource[] {
  const known = ofControllers.get(`${owner.group}/${owner.kind}`);
  if (known) return pick(known, served);
  if (isBuiltIn(owner.group)) return [];
  const domain = domainOf(owner.group);
  const own = served.filter(
    (resource) =>
      domainOf(resource.group) === domain && resource.namespaced && resource.verbs.includes('list'),
  );
  return onePerKind([...pick(ofOperators, served), ...own]).slice(0, maxKinds);
}

function pick(kinds: readonly string[], served: readonly Resource[]): Resource[] {
  return kinds.flatMap((name) => served.find(({ group, kind }) => `${group}/${kind}` === name) ?? []);
}

/** Discovery gives the preferred version first. */
function onePerKind(resources: readonly Resource[]): Resource[] {
  const byKind = new Map<string, Resource>();
  for (const resource of resources) {
    const key = `${resource.group}/${resource.kind}`;
    if (!byKind.has(key)) byKind.set(key, resource);
  }
  return [...byKind.values()];
}

function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function domainOf(group: string): string {
  return group.split('.').slice(-2).join('.');
}
