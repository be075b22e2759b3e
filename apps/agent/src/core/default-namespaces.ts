import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { namespaces } from '../resources.ts';
import { begin } from './patience.ts';
import type { Work } from './patience.ts';

/** As many single looks are cheaper than a list of all namespaces. */
const maxSingleLooks = 3;
const newMs = 2_000;

/** Makes the namespaces that policies name where they are missing. They are nobody's: never labelled, never deleted. */
export class DefaultNamespaces {
  readonly #kube: KubeClient;
  /** By name: done once it is known to be there. */
  readonly #works = new Map<string, Work>();
  readonly #madeAt = new Map<string, number>();
  /** Why the last attempt to make one failed. */
  readonly #refusals = new Map<string, KubeApiError>();

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  /** Begins what is missing for these to be there. */
  ensure(names: readonly string[]): readonly Work[] {
    const unknown = names.filter((name) => !this.#works.has(name));
    const present = unknown.length > maxSingleLooks ? this.#listed() : undefined;
    for (const name of unknown) this.#works.set(name, begin(this.#ensure(name, present)));
    return names.map((name) => this.#works.get(name)!);
  }

  /** True when this agent made it moments ago: what somebody else made in it would be no older. */
  isNew(name: string): boolean {
    return performance.now() - (this.#madeAt.get(name) ?? -Infinity) < newMs;
  }

  /** A write said that it isn't there: it is looked for, and made, anew. Says why it could not be made, where it couldn't. */
  forget(name: string): KubeApiError | undefined {
    this.#works.delete(name);
    this.#madeAt.delete(name);
    return this.#refusals.get(name);
  }

  async #ensure(name: string, present: Promise<ReadonlySet<string> | undefined> | undefined): Promise<void> {
    try {
      const listed = await present;
      if (listed ? !listed.has(name) : await this.#isMissing(name)) await this.#create(name);
    } catch {
      // No answer, or not the right to look: the objects' own writes tell.
      this.#works.delete(name);
    }
  }

  async #listed(): Promise<ReadonlySet<string> | undefined> {
    try {
      const { items } = await this.#kube.list(namespaces, { metadataOnly: true });
      return new Set(items.map((item) => item.metadata.name));
    } catch (error) {
      if (error instanceof KubeApiError) return undefined;
      throw error;
    }
  }

  async #isMissing(name: string): Promise<boolean> {
    try {
      await this.#kube.get(namespaces, { name }, { metadataOnly: true });
      return false;
    } catch (error) {
      // Whoever may not look may still be allowed to make it, and is told whether it is there.
      if (error instanceof KubeApiError) return error.status === 404 || error.status === 403;
      throw error;
    }
  }

  async #create(name: string): Promise<void> {
    try {
      await this.#kube.create(namespaces, undefined, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      this.#madeAt.set(name, performance.now());
      this.#refusals.delete(name);
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      // 409: somebody else was quicker.
      if (error.status === 409) this.#refusals.delete(name);
      else this.#refusals.set(name, error);
    }
  }
}
