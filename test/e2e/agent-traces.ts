import type { KubeClient, Resource } from '@muster/kube';
import { fleet } from './agent-process.ts';

const resource = (kind: string, plural: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced,
  verbs: [],
});
export const configMaps = resource('ConfigMap', 'configmaps');
export const secrets = resource('Secret', 'secrets');
export const namespaces = resource('Namespace', 'namespaces', false);
export const leases = { ...resource('Lease', 'leases'), group: 'coordination.k8s.io' };

/** The next test is another agent's life: its cluster has neither state nor objects of this one. */
export async function forgetAgent(kube: KubeClient): Promise<void> {
  const all = await kube.list(configMaps, { labelSelector: `muster.dev/fleet=${fleet}` });
  for (const { metadata } of all.items)
    await kube.delete(configMaps, { namespace: metadata.namespace!, name: metadata.name });
  const state = await kube.list(secrets, { namespace: 'muster-system' });
  for (const { metadata } of state.items)
    await kube.delete(secrets, { namespace: 'muster-system', name: metadata.name });
}
