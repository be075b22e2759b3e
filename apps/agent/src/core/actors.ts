import type { KubeClient } from '@muster/kube';
import type { Policy } from '@muster/manifest';

/** The default namespace of bundles that name none. */
const fallbackNamespace = 'default';

/**
 * Who writes: the agent itself, or the service account that a bundle names. Looking is always the agent's own, because
 * one watch serves all bundles; so is making a bundle's namespace, because the account may live in it.
 */
export class Actors {
  readonly #kube: KubeClient;
  /** By namespace and name: a client is small, and an object's write should not make one. */
  readonly #clients = new Map<string, KubeClient>();

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  /** The client for everything that this policy's bundle has written, or tried, or deleted. */
  clientFor(policy: Pick<Policy, 'namespace' | 'serviceAccount'> | undefined): KubeClient {
    const name = policy?.serviceAccount;
    const key = accountOf(policy);
    if (name === undefined || key === undefined) return this.#kube;
    const namespace = policy?.namespace ?? fallbackNamespace;
    const known = this.#clients.get(key);
    if (known) return known;
    const client = this.#kube.as({ namespace, name });
    this.#clients.set(key, client);
    return client;
  }
}

/** `<namespace>/<name>` of the service account that a policy's bundle acts as; `undefined` where it is the agent. */
export function accountOf(
  policy: Pick<Policy, 'namespace' | 'serviceAccount'> | undefined,
): string | undefined {
  if (policy?.serviceAccount === undefined) return undefined;
  return `${policy.namespace ?? fallbackNamespace}/${policy.serviceAccount}`;
}
