import type { InventoryEntry } from '@muster/apply-plan';
import type { KubeApiError, KubeClient } from '@muster/kube';
import type { ObjectId } from '@muster/manifest';
import { DefaultNamespaces } from './default-namespaces.ts';
import type { Kinds } from './kinds.ts';
import type { Observer } from './observer.ts';
import { Patience } from './patience.ts';
import { Scope } from './scope.ts';
import { surveyTargets } from './survey-targets.ts';
import { Surveyor } from './surveyor.ts';
import { defaultNamespaces, resolveTarget } from './target.ts';
import type { ResolvedTarget, Target } from './target.ts';

export interface LookoutOptions {
  readonly kube: KubeClient;
  readonly kinds: Kinds;
  readonly observer: Observer;
  /** What was not waited for has come. */
  readonly onLate: () => void;
  readonly signal: AbortSignal;
  readonly scope?: Scope;
}

const rediscoverMs = 2_000;
/** API servers serve a kind some moments after they say that its CRD is established. */
const eagerMs = 250;
const eagerForMs = 10_000;

/** Gathers what a round must know before it plans: the kinds that the cluster serves, and the objects in question. */
export class Lookout {
  readonly #o: LookoutOptions;
  readonly #patience: Patience;
  readonly #namespaces: DefaultNamespaces;
  readonly #surveyor: Surveyor;
  readonly #scope: Scope;
  #wantsDiscovery = false;
  #discoveredAt = -Infinity;
  #misses = false;
  #eagerUntil = -Infinity;
  #eagerTimer: NodeJS.Timeout | undefined;

  constructor(options: LookoutOptions) {
    const { kube, observer, onLate, signal, scope = new Scope() } = options;
    this.#o = options;
    this.#scope = scope;
    this.#patience = new Patience(onLate);
    this.#namespaces = new DefaultNamespaces(kube);
    this.#surveyor = new Surveyor(kube, observer, signal, scope);
  }

  /** True while the cluster lacks kinds that objects are of. */
  get misses(): boolean {
    return this.#misses;
  }

  /** The cluster may serve other kinds than it did. */
  rediscover(): void {
    this.#wantsDiscovery = true;
    this.#eagerUntil = performance.now() + eagerForMs;
  }

  /** Looks for it again, and makes it; says why that failed the last time, where it did. */
  onNamespaceMissing(name: string): KubeApiError | undefined {
    return this.#namespaces.forget(name);
  }

  /** Lists all anew. */
  async refresh(): Promise<void> {
    this.#wantsDiscovery = true;
    this.#surveyor.forgive();
    await this.#patience.waitFor(this.#o.observer.refresh());
  }

  /** The target as the cluster is now. Makes the namespaces that it needs, unless it is paused. */
  async look(target: Target, inventory: ReadonlyMap<ObjectId, InventoryEntry>): Promise<ResolvedTarget> {
    const { kinds, observer } = this.#o;
    const { fleet } = target.content;
    await this.#discover();
    const resolved = resolveTarget(target, inventory, kinds);
    this.#misses = resolved.unresolved.length > 0;
    clearTimeout(this.#eagerTimer);
    if (this.#misses && this.#isEager()) this.#eagerTimer = setTimeout(this.#o.onLate, eagerMs).unref();
    observer.judgeBy(target.bundles);
    const wanted = target.state.paused ? [] : defaultNamespaces(target, resolved);
    const namespaces = wanted.filter((name) => this.#scope.includes(name));
    await this.#patience.waitFor([
      ...this.#namespaces.ensure(namespaces),
      ...observer.watchOnly(fleet, resolved.resources),
    ]);
    const isNew = (name: string): boolean => this.#namespaces.isNew(name);
    const unwatched = surveyTargets(resolved, fleet, inventory, observer, kinds, isNew);
    await this.#patience.waitFor(this.#surveyor.survey(unwatched));
    return resolved;
  }

  #isEager(): boolean {
    return performance.now() < this.#eagerUntil;
  }

  /** Anew where somebody said so, or, now and then, while a kind is missing. */
  async #discover(): Promise<void> {
    const { kinds, signal } = this.#o;
    const every = this.#isEager() ? eagerMs : rediscoverMs;
    const isDue = this.#misses && performance.now() - this.#discoveredAt >= every;
    const fresh = this.#wantsDiscovery || isDue;
    if (fresh) this.#discoveredAt = performance.now();
    try {
      await kinds.refresh(fresh, signal);
      this.#wantsDiscovery = false;
    } catch (error) {
      if (signal.aborted || kinds.discovery === undefined) throw error;
      // What it served before is a better guess than nothing: one broken answer must not hold up all objects.
      this.#wantsDiscovery = true;
      setTimeout(this.#o.onLate, rediscoverMs).unref();
    }
  }
}
