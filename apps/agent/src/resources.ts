import type { Resource } from '@muster/kube';

/** What the agent itself keeps in a cluster needs no discovery. */
function builtIn(group: string, kind: string, plural: string, namespaced: boolean): Resource {
  return { group, version: 'v1', kind, plural, namespaced, verbs: [] };
}

export const secrets = builtIn('', 'Secret', 'secrets', true);
export const namespaces = builtIn('', 'Namespace', 'namespaces', false);
export const leases = builtIn('coordination.k8s.io', 'Lease', 'leases', true);

/** Where the agent and its state live in every cluster. */
export const agentNamespace = 'muster-system';
