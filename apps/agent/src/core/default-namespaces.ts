import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { namespaces } from '../resources.ts';

/** Makes the namespaces that policies name where they are missing. They are nobody's: never labelled, never deleted. */
export class DefaultNamespaces {
  readonly #kube: KubeClient;
  readonly #known = new Set<string>();

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  async ensure(names: readonly string[]): Promise<void> {
    await Promise.all(names.filter((name) => !this.#known.has(name)).map((name) => this.#ensure(name)));
  }

  /** A write said that it isn't there. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  async #ensure(name: string): Promise<void> {
    try {
      await this.#kube.get(namespaces, { name }, { metadataOnly: true });
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      // Without the right to look, the objects' own writes will tell.
      if (error.status === 404) await this.#create(name);
    }
    this.#known.add(name);
  }

  async #create(name: string): Promise<void> {
    try {
      await this.#kube.create(namespaces, undefined, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
    }
  }
}
