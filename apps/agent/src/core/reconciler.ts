import { afterVerification, isVerified } from '@muster/apply-plan';
import type { InventoryEntry, Plan, Step } from '@muster/apply-plan';
import type { ObjectId, Version } from '@muster/manifest';
import type { Checkpoint } from '../checkpoint.ts';
import type { ClusterView } from '../inspect/view.ts';
import { errorText } from '../log.ts';
import type { MemoryKeeper } from '../memory.ts';
import { LostStateError } from '../state/cluster-state.ts';
import { skipsByBundle } from '../status/assess.ts';
import type { SkipsByBundle } from '../status/assess.ts';
import type { Drift } from './drift/drift.ts';
import { Executor } from './executor.ts';
import type { Failures } from './failures.ts';
import type { Hooks } from './hooks.ts';
import type { Ledger } from './ledger.ts';
import type { Lookout } from './lookout.ts';
import type { Observer } from './observer.ts';
import { bulkKinds, hookRemovals, planInput, planRound, waitsUnwatched } from './round-plan.ts';
import type { RoundKnowledge } from './round-plan.ts';
import { makeParts, stopParts } from './parts.ts';
import type { Parts, PartsOptions } from './parts.ts';
import { Runner } from './runner.ts';
import { policyOf, resourceOf, wantedKey } from './target.ts';
import type { ResolvedTarget, Target } from './target.ts';
import type { Teller } from './teller.ts';
import type { Waits } from './waits.ts';
import { Waker } from './waker.ts';

export interface ReconcilerOptions extends PartsOptions {
  readonly checkpoint: Checkpoint;
  readonly memory: MemoryKeeper;
  /** Called once, with what makes going on impossible. */
  readonly onFatal: (error: unknown) => void;
}

const atOnce = 16;
/** Steps after which the garbage is worth a collection. */
const muchWork = 50;
const crdPrefix = 'apiextensions.k8s.io/CustomResourceDefinition/';

/**
 * Brings the cluster to its target, and keeps it there: look, plan, make durable what is intended, do, make durable
 * what was done. Every round plans anew from all that is known, so it doesn't matter what woke it, or where an
 * earlier round stopped.
 */
export class Reconciler {
  readonly #o: ReconcilerOptions;
  readonly #observer: Observer;
  readonly #lookout: Lookout;
  readonly #failures: Failures;
  readonly #drift: Drift;
  readonly #parts: Parts;
  readonly #runner: Runner;
  readonly #waker: Waker;
  readonly #ledger: Ledger;
  readonly #teller: Teller;
  readonly #hooks: Hooks;
  readonly #waits: Waits;
  readonly #stop = new AbortController();
  #target: Target | undefined;
  #isDurable = false;
  #resolved: ResolvedTarget | undefined;
  #skips: SkipsByBundle = new Map();
  /** Steps planned since the last rest. */
  #workDone = 0;
  /** A deletion's answer came before its event did, which may never come: watches break. */
  #endsUnseen = false;
  /** Steps of the newest plan that ended. */
  #stepsDone = 0;
  #hookRemovals: ReadonlySet<ObjectId> = new Set();
  #plannedAt = 0;
  #onDurable: (() => void)[] = [];
  #onSettled: (() => void)[] = [];

  constructor(options: ReconcilerOptions) {
    this.#o = options;
    const { kube, state, lease, checkpoint, log, kinds } = options;
    const parts = makeParts(options, {
      onChange: (id) => this.#changed(id),
      onKindGone: () => this.#rediscover(),
      onNews: () => this.#waker.wake(0),
      onTold: () => this.#tellStatuses(),
      signal: this.#stop.signal,
    });
    this.#parts = parts;
    this.#ledger = parts.ledger;
    this.#observer = parts.observer;
    this.#lookout = parts.lookout;
    this.#failures = parts.failures;
    this.#drift = parts.drift;
    this.#teller = parts.teller;
    this.#hooks = parts.hooks;
    this.#waits = parts.waits;
    this.#waker = new Waker(
      () => this.#round(),
      (error) => this.#roundFailed(error),
    );
    const executor = new Executor({
      kube,
      blobs: state.blobs,
      lease,
      observer: this.#observer,
      failures: this.#failures,
      drift: this.#drift,
      checkpoint,
      log,
      context: {
        wanted: (id, bundle) => this.#resolved?.wanted.get(wantedKey(id, bundle)),
        resourceOf: (id, apiVersion) => resourceOf(id, apiVersion, kinds),
        mayDelete: (id, bundle) => this.#mayDelete(id, bundle),
        entry: (id) => this.#ledger.get(id),
        setEntry: (entry) => this.#ledger.set(entry),
        state: () => this.#target?.state,
        policyOf: (bundle) => policyOf(bundle, this.#target),
        fleet: () => this.#target?.content.fleet ?? '',
        onNamespaceMissing: (namespace) => this.#lookout.onNamespaceMissing(namespace),
      },
    });
    this.#runner = new Runner(
      async (step) => {
        checkpoint('step-begun');
        await executor.execute(step);
        checkpoint('step-ended');
      },
      (step) => this.#done(step),
      atOnce,
      (leftOver) => void this.#drained(leftOver),
    );
  }

  /** The bundles of which the inventory has objects. */
  ownedBundles(): ReadonlySet<string> {
    return new Set([...this.#ledger.entries.values()].map((entry) => entry.bundle));
  }

  /** What is being worked towards, durable or not. */
  versionOf(fleet: string): Version | undefined {
    return this.#target?.content.fleet === fleet ? this.#target.state.version : undefined;
  }

  /** Works towards this from now on. Resolves when it is durable; one that is durable already resolves at once. */
  setTarget(target: Target, isDurable: boolean): Promise<void> {
    this.#target = target;
    this.#isDurable = isDurable;
    this.#failures.forgivePolicies();
    this.#drift.doubt();
    this.#hookRemovals = new Set();
    // What the former state wanted gone may be wanted now.
    this.#runner.replace([]);
    this.#waker.wake(0);
    return isDurable ? Promise.resolve() : new Promise((resolve) => this.#onDurable.push(resolve));
  }

  /** What is known now, for those who look at the cluster. */
  view(): ClusterView | undefined {
    const [target, resolved] = [this.#target, this.#resolved];
    return target && { target, resolved, inventory: this.#ledger.entries };
  }

  /** Looks at everything anew, back-offs forgotten. Resolves when all that could be done was done. */
  async checkNow(): Promise<void> {
    this.#failures.forgive();
    this.#drift.forgive();
    await this.#lookout.refresh();
    const settled = new Promise<void>((resolve) => this.#onSettled.push(resolve));
    this.#waker.wake(0);
    await settled;
  }

  /** Lists everything anew, for what no watch told. What waits goes on waiting. */
  async checkAll(): Promise<void> {
    await this.#lookout.refresh();
    this.#waker.wake(0);
  }

  get watchedKinds(): number {
    return this.#resolved?.resources.size ?? 0;
  }

  /** Hooks that failed run once more, of one bundle or of all: a person asks for it. */
  retryHooks(bundle: string | undefined): void {
    this.#hooks.retry(bundle);
    this.#waker.wake(0);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    stopParts(this.#parts);
    this.#waker.stop();
    await this.#runner.stop();
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  async #round(): Promise<void> {
    const target = this.#target;
    if (!target) return;
    const { signal } = this.#stop;
    const resolved = await this.#lookout.look(target, this.#ledger.entries);
    if (signal.aborted || this.#target !== target) return;
    this.#resolved = resolved;
    this.#plannedAt = Date.now();
    const plan = this.#plan(target, resolved);
    this.#ledger.absorb(plan);
    const isKnown = (id: ObjectId) => resolved.wantedIds.has(id) || this.#ledger.get(id) !== undefined;
    for (const memory of [this.#failures, this.#drift]) memory.keepOnly(isKnown);
    const isUrgent = plan.intents.length > 0 || this.#ledger.isUrgent;
    if (!this.#isDurable || isUrgent) await this.#commit(target);
    // A newer state came meanwhile: this plan's steps are no longer what anybody wants.
    if (signal.aborted || this.#target !== target) return;
    this.#skips = skipsByBundle(plan);
    this.#waits.note(plan, this.#plannedAt);
    this.#hookRemovals = hookRemovals(plan);
    this.#stepsDone = 0;
    this.#o.log.debug(
      { phases: plan.phases.map((phase) => phase.length), intents: plan.intents.length },
      'planned',
    );
    this.#workDone += plan.phases.reduce((sum, phase) => sum + phase.length, 0);
    this.#observer.rest(bulkKinds(plan));
    this.#runner.replace(plan.phases);
    this.#tellStatuses();
    this.#scheduleNext(plan, resolved);
  }

  #plan(target: Target, resolved: ResolvedTarget): Plan {
    for (const { id, hook } of this.#ledger.entries.values()) if (hook) void this.#hooks.keepLastWords(id);
    return planRound(target, resolved, this.#knowledge());
  }

  #knowledge(): RoundKnowledge {
    return {
      inventory: this.#ledger.entries,
      observer: this.#observer,
      now: Date.now(),
      isBackingOff: (id, digest) =>
        this.#failures.isBackingOff(id, digest) || this.#drift.isWaiting(id, digest),
    };
  }

  async #commit(target: Target): Promise<void> {
    await this.#ledger.commit(target.content, 'intents-written');
    if (this.#target !== target) return;
    this.#isDurable = true;
    for (const resolve of this.#onDurable.splice(0)) resolve();
  }

  /** Nothing is in flight: what was done becomes durable. */
  async #drained(leftOver: boolean): Promise<void> {
    if (leftOver) this.#waker.wake(0);
    if (this.#endsUnseen) this.#waker.wake(1_000);
    if (this.#waits.isHeld && this.#stepsDone > 0) this.#waker.wake(0);
    this.#endsUnseen = false;
    const { state, checkpoint, log } = this.#o;
    const content = state.content;
    try {
      if (this.#ledger.hasChanged && content && this.#isDurable) {
        checkpoint('before-inventory');
        await this.#ledger.commit(content, 'inventory-written');
      }
    } catch (error) {
      if (error instanceof LostStateError) this.#o.onFatal(error);
      log.warn(`cannot make the inventory durable: ${errorText(error)}`);
      this.#waker.wake(1_000);
    }
    if (!this.#runner.isIdle) return;
    this.#observer.rest(new Set());
    state.blobs.rest();
    if (this.#workDone > muchWork) this.#o.memory.workDone();
    this.#workDone = 0;
    log.debug({ memory: process.memoryUsage() }, 'at rest');
    this.#tellStatuses();
    this.#scheduleRetry();
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  /** A watch told of an object. Our own writes, and what concerns nobody, end here. */
  #changed(id: ObjectId): void {
    if (this.#runner.isInFlight(id)) return;
    const known = this.#ledger.get(id);
    if (!known) return;
    const live = this.#observer.record(id);
    const entry = this.#ledger.noteEnd(known, live);
    if (entry !== known) this.#waker.wake(0);
    if (this.#forgetDeleted(id)) {
      if (this.#waits.isHeld) this.#waker.wake(50);
      if (this.#runner.isIdle) this.#waker.soon('inventory', () => void this.#drained(false));
      return;
    }
    this.#crdChanged(id);
    if (entry.hook) return this.#hookChanged(entry);
    if (this.#waits.isFor(id)) this.#waker.wake(50);
    if (live && !live.terminating && isVerified(entry, live)) {
      if (entry.resourceVersion !== live.resourceVersion) this.#ledger.note(afterVerification(entry, live));
      if (id.startsWith(crdPrefix) && live.health.status === 'Healthy' && this.#lookout.misses) {
        this.#rediscover();
      }
      this.#waker.soon('statuses', () => this.#tellStatuses());
      return;
    }
    if (entry.state === 'owned' && !entry.ended && this.#observer.isDoubtful(id)) this.#drift.deleted(id);
    // It is looked at again when its time comes, however often it changes until then.
    if (live && this.#drift.isWaiting(id, entry.digest)) return;
    // While much is being done, changes come in numbers: one plan for many.
    this.#waker.wake(this.#runner.isIdle ? 0 : 50);
  }

  /** What the watch told while the write was in flight was not acted on: it may have told of the end already. */
  #done(step: Step): void {
    this.#stepsDone++;
    // What others do may take long: whoever waits for this step need not wait for them.
    if (this.#waits.isHeld) this.#waker.wake(1_000);
    if (step.kind === 'delete') {
      if (!this.#forgetDeleted(step.id)) this.#endsUnseen = true;
      return;
    }
    if (step.reason === 'hook') return this.#hooks.begun(step.id);
    this.#drift.ended(step, this.#failures.of(step.id) === undefined);
    this.#crdChanged(step.id);
    this.#checkApplied(step.id);
  }

  #hookChanged(entry: InventoryEntry): void {
    const target = this.#target;
    const resolved = this.#resolved;
    if (!target || !resolved) return;
    const wanted = resolved.wanted.get(wantedKey(entry.id, entry.bundle));
    if (this.#hooks.changed(entry, wanted, planInput(target, resolved, this.#knowledge())))
      this.#waker.wake(0);
    else this.#waker.soon('statuses', () => this.#tellStatuses());
  }

  #checkApplied(id: ObjectId): void {
    const entry = this.#ledger.get(id);
    if (!entry || this.#failures.of(id)) return;
    const live = this.#observer.record(id);
    // Leaving, to be made anew, perhaps without a watch that would tell of its end.
    const isLeaving = !live || live.terminating;
    if (isLeaving || (entry.state === 'owned' && !isVerified(entry, live))) this.#waker.wake(50);
  }

  #rediscover(): void {
    this.#lookout.rediscover();
    this.#waker.wake(0);
  }

  /** Objects that a CRD's schema refused may fit it now. */
  #crdChanged(id: ObjectId): void {
    if (!id.startsWith(crdPrefix)) return;
    const group = id.slice(id.indexOf('.', crdPrefix.length) + 1);
    if (this.#failures.forgiveGroup(group)) this.#waker.wake(0);
  }

  /** By the newest state, which may be newer than the plan that a deletion is of. */
  #mayDelete(id: ObjectId, bundle: string): boolean {
    const state = this.#target?.state;
    if (!state || state.paused) return false;
    if (this.#resolved?.wantedIds.has(id) !== false && !this.#hookRemovals.has(id)) return false;
    return !state.assignments.some((it) => it.bundle === bundle && it.paused);
  }

  /** An object that we deleted, and that nobody wants, leaves the inventory at its end: that needs no plan. */
  #forgetDeleted(id: ObjectId): boolean {
    if (this.#observer.observe(id).state !== 'absent' || this.#observer.isDoubtful(id)) return false;
    return this.#resolved?.wantedIds.has(id) === false && this.#ledger.delete(id);
  }

  /** Not before the first look at the cluster, unless it cannot be looked at: nothing is known until then. */
  #tellStatuses(): void {
    const target = this.#target;
    if (!target || !this.#isDurable) return;
    if (!this.#resolved && !this.#parts.sight.isClusterAway()) return;
    this.#teller.tell(target, this.#skips);
  }

  /** What no event will tell of is looked at again by the clock. */
  #scheduleNext(plan: Plan, resolved: ResolvedTarget): void {
    const isWaiting = resolved.unresolved.length > 0 || plan.skips.some(waitsUnwatched);
    this.#waker.trouble(isWaiting);
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    for (const waiting of [this.#failures, this.#drift]) {
      const retryAt = waiting.nextRetryAt(this.#plannedAt);
      if (retryAt !== undefined) this.#waker.wakeAt(retryAt);
    }
    const nextAt = this.#teller.nextAt(this.#plannedAt);
    if (nextAt !== undefined) this.#waker.wakeAt(nextAt);
  }

  #roundFailed(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (error instanceof LostStateError) this.#o.onFatal(error);
    this.#o.log.warn(`a round failed, and is tried again: ${errorText(error)}`);
    this.#waker.failed();
  }
}
