import { healthNeedsStatus } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, Resource } from '@muster/kube';
import type { ObjectId } from '@muster/manifest';
import { idOfLive } from './live-record.ts';
import type { Observer } from './observer.ts';
import { begin } from './patience.ts';
import type { Work } from './patience.ts';

/** An object to look at, by itself or among its neighbours. */
export interface Target {
  readonly id: ObjectId;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** As many single looks are cheaper than a list of the namespace. */
const maxSingleLooks = 3;

/** Looks at objects that the watches don't tell of, and tells the observer. What can't be looked at stays unobserved. */
export class Surveyor {
  readonly #kube: KubeClient;
  readonly #observer: Observer;
  readonly #signal: AbortSignal;
  /** By kind and namespace: where an answer is slow, nobody asks again before it came. */
  readonly #running = new Map<string, Work>();

  constructor(kube: KubeClient, observer: Observer, signal: AbortSignal) {
    this.#kube = kube;
    this.#observer = observer;
    this.#signal = signal;
  }

  survey(targets: readonly Target[]): readonly Work[] {
    const groups = new Map<string, Target[]>();
    for (const target of targets) {
      const key = `${target.resource.group}/${target.resource.plural}/${target.namespace}`;
      const group = groups.get(key);
      if (group) group.push(target);
      else groups.set(key, [target]);
    }
    return [...groups].map(([key, group]) => this.#running.get(key) ?? this.#begin(key, group));
  }

  #begin(key: string, targets: readonly Target[]): Work {
    const work = begin(this.#lookAtAll(targets).finally(() => this.#running.delete(key)));
    this.#running.set(key, work);
    return work;
  }

  async #lookAtAll(targets: readonly Target[]): Promise<void> {
    try {
      if (targets.length <= maxSingleLooks) await Promise.all(targets.map((target) => this.#lookAt(target)));
      else await this.#list(targets);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      for (const { id } of targets) this.#observer.noteUnseen(id, problem);
    }
  }

  async #list(targets: readonly Target[]): Promise<void> {
    const { resource, namespace } = targets[0]!;
    const { items } = await this.#kube.list(resource, {
      ...(namespace ? { namespace } : {}),
      metadataOnly: true,
      signal: this.#signal,
    });
    const found = new Map(items.map((item) => [idOfLive(item, resource), item]));
    for (const { id } of targets) {
      const item = found.get(id);
      if (item) this.#observer.noteSeen(id, resource, item, 'metadata');
      else this.#observer.noteAbsent(id);
    }
  }

  async #lookAt({ id, resource, namespace, name }: Target): Promise<void> {
    const metadataOnly = !healthNeedsStatus(resource.group, resource.kind);
    const key = { ...(namespace ? { namespace } : {}), name };
    try {
      const object = await this.#kube.get(resource, key, { metadataOnly, signal: this.#signal });
      this.#observer.noteSeen(id, resource, object, metadataOnly ? 'metadata' : 'whole');
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.status !== 404) throw error;
      this.#observer.noteAbsent(id);
    }
  }
}
