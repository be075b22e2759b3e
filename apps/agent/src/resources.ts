import type { Resource } from '@muster/kube';

/** What the agent itself keeps in a cluster needs no discovery. */
function builtIn(group: string, kind: string, plural: string, namespaced: boolean): Resource {
  return { group, version: 'v1', kind, plural, namespaced, verbs: [] };
}

export const secrets = builtIn('', 'Secret', 'secrets', true);
export const namespaces = builtIn('', 'Namespace', 'namespaces', false);
export const pods = builtIn('', 'Pod', 'pods', true);
export const events = builtIn('', 'Event', 'events', true);
export const leases = builtIn('coordination.k8s.io', 'Lease', 'leases', true);

/** Where the agent and its state live in every cluster. */
export const agentNamespace = 'muster-system';

/** What the agent itself keeps there, and nobody else may write: its state, its identity, its Lease. */
export function isAgentsOwn(object: {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): boolean {
  const { group, kind, namespace, name } = object;
  if (namespace !== agentNamespace) return false;
  if (group === '' && kind === 'Secret')
    return /^muster-(agent|agent-identity|agent-join|pack-.*)$/.test(name);
  return group === leases.group && kind === leases.kind && name === 'muster-agent';
}

/** What runs Pods, by `group/kind`. */
export const workloads: ReadonlyMap<string, Resource> = new Map(
  [
    builtIn('apps', 'Deployment', 'deployments', true),
    builtIn('apps', 'ReplicaSet', 'replicasets', true),
    builtIn('apps', 'StatefulSet', 'statefulsets', true),
    builtIn('apps', 'DaemonSet', 'daemonsets', true),
    builtIn('batch', 'Job', 'jobs', true),
    pods,
  ].map((resource) => [`${resource.group}/${resource.kind}`, resource]),
);
