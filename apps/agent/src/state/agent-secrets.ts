import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { agentNamespace, namespaces, secrets } from '../resources.ts';

/** `undefined` when there is none of that name in the agent's namespace. */
export async function findSecret(
  kube: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await kube.get(secrets, { namespace: agentNamespace, name }, { signal });
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** In the agent's namespace, which is made if it is missing. */
export async function createSecret(kube: KubeClient, secret: KubeObject): Promise<KubeObject> {
  try {
    return await kube.create(secrets, agentNamespace, secret);
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 404) throw error;
    await ensureAgentNamespace(kube);
    return kube.create(secrets, agentNamespace, secret);
  }
}

export async function ensureAgentNamespace(kube: KubeClient): Promise<void> {
  try {
    await kube.create(namespaces, undefined, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: agentNamespace },
    });
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 409) throw error;
  }
}
