import type { KubeClient, KubeObject, Resource } from '@muster/kube';

/** Follows objects of a kind, of one namespace or all, so that a measurement sees a change when it happens. */
export class LiveObjects {
  private readonly objects = new Map<string, KubeObject>();
  private readonly waiting = new Set<() => void>();
  private readonly stopping = new AbortController();
  private readonly namespace: string | undefined;

  constructor(kube: KubeClient, resource: Resource, namespace?: string) {
    this.namespace = namespace;
    void this.follow(kube, resource, namespace);
  }

  /** Resolves with the time (`performance.now()`) at which the object was seen so. */
  async seen(name: string, isWanted: (object: KubeObject | undefined) => boolean): Promise<number> {
    while (!isWanted(this.objects.get(name))) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return performance.now();
  }

  /** Resolves with the time at which so many were there that are wanted. */
  async count(isWanted: (object: KubeObject) => boolean, many: number): Promise<number> {
    while ([...this.objects.values()].filter(isWanted).length < many)
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    return performance.now();
  }

  close(): void {
    this.stopping.abort();
  }

  private key({ metadata }: KubeObject): string {
    return this.namespace === undefined ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  }

  private async follow(kube: KubeClient, resource: Resource, namespace: string | undefined): Promise<void> {
    const where = namespace === undefined ? { metadataOnly: true } : { namespace };
    for await (const event of kube.follow(resource, { ...where, signal: this.stopping.signal })) {
      if (event.type === 'LISTED') {
        this.objects.clear();
        for (const object of event.items) this.objects.set(this.key(object), object);
      } else if (event.type === 'CHANGED') this.objects.set(this.key(event.object), event.object);
      else this.objects.delete(this.key(event.object));
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    }
  }
}
