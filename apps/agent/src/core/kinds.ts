import type { Discovery, KubeClient, Resource } from '@muster/kube';

/** What the cluster serves, as it was last discovered. */
export class Kinds {
  readonly #kube: KubeClient;
  #discovery: Discovery | undefined;
  #byKind = new Map<string, Resource>();
  readonly #listeners = new Set<() => void>();

  constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  /** Grows with each discovery that differs. */
  get discovery(): Discovery | undefined {
    return this.#discovery;
  }

  async refresh(fresh: boolean, signal: AbortSignal): Promise<boolean> {
    const discovery = await this.#kube.discover({ fresh, signal });
    if (discovery === this.#discovery) return false;
    this.#discovery = discovery;
    this.#byKind = new Map();
    for (const resource of discovery.resources) {
      const key = `${resource.group}/${resource.version}/${resource.kind}`;
      if (!this.#byKind.has(key)) this.#byKind.set(key, resource);
    }
    for (const listener of this.#listeners) listener();
    return true;
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  find(group: string, version: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  /** In whatever version the cluster serves it, the preferred one first: an object outlives the version it was written in. */
  findAny(group: string, kind: string): Resource | undefined {
    return this.#discovery?.resources.find((resource) => resource.group === group && resource.kind === kind);
  }

  /** Why it is not known which kinds a group has; `undefined` where it is. */
  problemOf(group: string, version: string): string | undefined {
    const name = group === '' ? version : `${group}/${version}`;
    if (!this.#discovery?.failedGroups.includes(name)) return undefined;
    return `the server of the API ${name} does not answer, so nobody knows whether it has the kind`;
  }

  /** True when the cluster surely doesn't serve the kind, in no version: then it has no such objects either. */
  isSurelyMissing(group: string, kind: string): boolean {
    if (!this.#discovery?.complete) return false;
    return !this.#discovery.resources.some((resource) => resource.group === group && resource.kind === kind);
  }
}
