import type { KubeClient, KubeObject, Resource } from '@muster/kube';

/** Follows one namespace's objects of a kind, so that a measurement sees a change when it happens. */
export class LiveObjects {
  private readonly objects = new Map<string, KubeObject>();
  private readonly waiting = new Set<() => void>();
  private readonly stopping = new AbortController();

  constructor(kube: KubeClient, resource: Resource, namespace: string) {
    void this.follow(kube, resource, namespace);
  }

  /** Resolves with the time (`performance.now()`) at which the object was seen so. */
  async seen(name: string, isWanted: (object: KubeObject | undefined) => boolean): Promise<number> {
    while (!isWanted(this.objects.get(name))) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    return performance.now();
  }

  async count(wanted: number): Promise<number> {
    while (this.objects.size < wanted) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return performance.now();
  }

  close(): void {
    this.stopping.abort();
  }

  private async follow(kube: KubeClient, resource: Resource, namespace: string): Promise<void> {
    for await (const event of kube.follow(resource, { namespace, signal: this.stopping.signal })) {
      if (event.type === 'LISTED') {
        this.objects.clear();
        for (const object of event.items) this.objects.set(object.metadata.name, object);
      } else if (event.type === 'CHANGED') this.objects.set(event.object.metadata.name, event.object);
      else this.objects.delete(event.object.metadata.name);
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    }
  }
}
