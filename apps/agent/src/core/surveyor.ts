import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import type { ObjectId } from '@muster/manifest';
import { idOfLive } from './live-record.ts';
import type { Observer } from './observer.ts';
import { begin } from './patience.ts';
import type { Work } from './patience.ts';
import { Restraint } from './restraint.ts';
import type { Scope } from './scope.ts';
import { unseenBecause } from './unseen.ts';

/** An object to look at, by itself or among its neighbours. */
export interface Target {
  readonly id: ObjectId;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** As many single looks are cheaper than a list of the namespace. */
const maxSingleLooks = 3;
/** Where a list is not allowed. */
const looksAtOnce = 8;

/** Looks at objects that the watches don't tell of, and tells the observer. What can't be looked at stays unobserved. */
export class Surveyor {
  readonly #kube: KubeClient;
  readonly #observer: Observer;
  readonly #signal: AbortSignal;
  readonly #scope: Scope;
  /** By kind and namespace: where an answer is slow, nobody asks again before it came. */
  readonly #running = new Map<string, Work>();
  /** By kind and namespace. */
  readonly #restraint = new Restraint();

  constructor(kube: KubeClient, observer: Observer, signal: AbortSignal, scope: Scope) {
    this.#kube = kube;
    this.#observer = observer;
    this.#signal = signal;
    this.#scope = scope;
  }

  /** Back-offs are forgotten. */
  forgive(): void {
    this.#restraint.forgive();
  }

  survey(targets: readonly Target[]): readonly Work[] {
    const groups = new Map<string, Target[]>();
    for (const target of targets) {
      const outside = this.#scope.whyNot(target.id);
      if (outside) {
        this.#observer.noteUnseen(target.id, outside);
        continue;
      }
      const key = `${target.resource.group}/${target.resource.plural}/${target.namespace}`;
      const group = groups.get(key);
      if (group) group.push(target);
      else groups.set(key, [target]);
    }
    return [...groups].flatMap(([key, group]) => {
      const running = this.#running.get(key);
      if (running) return running;
      const problem = this.#restraint.whyNot(key);
      if (!problem) return this.#begin(key, group);
      for (const { id } of group) this.#observer.noteUnseen(id, problem);
      return [];
    });
  }

  #begin(key: string, targets: readonly Target[]): Work {
    const work = begin(this.#lookAtAll(key, targets).finally(() => this.#running.delete(key)));
    this.#running.set(key, work);
    return work;
  }

  async #lookAtAll(key: string, targets: readonly Target[]): Promise<void> {
    try {
      if (targets.length <= maxSingleLooks) await Promise.all(targets.map((target) => this.#lookAt(target)));
      else await this.#list(targets);
      this.#restraint.answered(key);
    } catch (error) {
      const problem = unseenBecause(error);
      this.#restraint.refused(key, problem);
      for (const { id } of targets) this.#observer.noteUnseen(id, problem);
    }
  }

  async #list(targets: readonly Target[]): Promise<void> {
    const { resource, namespace } = targets[0]!;
    const items = await this.#itemsOf(resource, namespace);
    if (!items) return this.#oneByOne(targets);
    const found = new Map(items.map((item) => [idOfLive(item, resource), item]));
    for (const { id } of targets) {
      const item = found.get(id);
      if (item) this.#observer.noteSeen(id, resource, item, 'metadata');
      else this.#observer.noteAbsent(id);
    }
  }

  /** `undefined` where the agent may not list: it may still look at what it knows by name. */
  async #itemsOf(resource: Resource, namespace: string): Promise<readonly KubeObject[] | undefined> {
    try {
      const { items } = await this.#kube.list(resource, {
        ...(namespace ? { namespace } : {}),
        metadataOnly: true,
        signal: this.#signal,
      });
      return items;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 403) return undefined;
      throw error;
    }
  }

  /** The first alone: where that is refused, none is to be asked for. */
  async #oneByOne(targets: readonly Target[]): Promise<void> {
    for (let from = 0, count = 1; from < targets.length; from += count, count = looksAtOnce)
      await Promise.all(targets.slice(from, from + count).map((target) => this.#lookAt(target)));
  }

  async #lookAt({ id, resource, namespace, name }: Target): Promise<void> {
    const metadataOnly = !this.#observer.needsStatus(resource);
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
