import { afterVerification, isVerified, planCluster } from '@muster/apply-plan';
import type { InventoryEntry, Plan, Skip, Step } from '@muster/apply-plan';
import type { KubeClient } from '@muster/kube';
import type { Assignment, ObjectId, Version } from '@muster/manifest';
import type { Checkpoint } from '../checkpoint.ts';
import type { Lease } from '../lease/lease.ts';
import { NoLeaseError } from '../lease/no-lease.ts';
import { errorText } from '../log.ts';
import type { Log } from '../log.ts';
import type { MemoryKeeper } from '../memory.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import { LostStateError } from '../state/cluster-state.ts';
import { skipsByBundle } from '../status/assess.ts';
import type { SkipsByBundle } from '../status/assess.ts';
import { currentStatuses } from '../status/current.ts';
import type { StatusBook } from '../status/book.ts';
import { Executor } from './executor.ts';
import { Failures } from './failures.ts';
import { Fights } from './fights.ts';
import type { Kinds } from './kinds.ts';
import { Lookout } from './lookout.ts';
import { Observer } from './observer.ts';
import { Runner } from './runner.ts';
import { Sight } from './sight.ts';
import { resourceOf, wantedKey } from './target.ts';
import type { ResolvedTarget, Target } from './target.ts';
import { Waker } from './waker.ts';

export interface ReconcilerOptions {
  readonly kube: KubeClient;
  readonly state: ClusterState;
  readonly inventory: readonly InventoryEntry[];
  readonly lease: Lease;
  readonly kinds: Kinds;
  readonly statuses: StatusBook;
  readonly checkpoint: Checkpoint;
  readonly memory: MemoryKeeper;
  readonly log: Log;
  /** Called once, with what makes going on impossible. */
  readonly onFatal: (error: unknown) => void;
}

const atOnce = 16;
/** Steps after which the garbage is worth a collection. */
const muchWork = 50;
/** Applies of one kind in one plan. */
const bulk = 200;
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
  readonly #failures = new Failures(Date.now, Math.random);
  readonly #fights = new Fights(Date.now);
  readonly #sight: Sight;
  readonly #runner: Runner;
  readonly #waker: Waker;
  readonly #inventory: Map<ObjectId, InventoryEntry>;
  readonly #stop = new AbortController();
  #target: Target | undefined;
  #isDurable = false;
  #resolved: ResolvedTarget | undefined;
  #skips: SkipsByBundle = new Map();
  #inventoryChanged = false;
  /** Steps planned since the last rest. */
  #workDone = 0;
  /** A deletion's answer came before its event did, which may never come: watches break. */
  #endsUnseen = false;
  #plannedAt = 0;
  #onDurable: (() => void)[] = [];
  #onSettled: (() => void)[] = [];

  constructor(options: ReconcilerOptions) {
    this.#o = options;
    const { kube, state, lease, checkpoint, log, kinds } = options;
    this.#inventory = new Map(options.inventory.map((entry) => [entry.id, entry]));
    this.#observer = new Observer(kube, (id) => this.#changed(id));
    this.#lookout = new Lookout({
      kube,
      kinds,
      observer: this.#observer,
      onLate: () => this.#waker.wake(0),
      signal: this.#stop.signal,
    });
    this.#sight = new Sight(lease, this.#observer, () => this.#tellStatuses());
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
      checkpoint,
      log,
      context: {
        wanted: (id, bundle) => this.#resolved?.wanted.get(wantedKey(id, bundle)),
        resourceOf: (id, apiVersion) => resourceOf(id, apiVersion, kinds),
        mayDelete: (id, bundle) => this.#mayDelete(id, bundle),
        entry: (id) => this.#inventory.get(id),
        setEntry: (entry) => this.#setEntry(entry),
        fleet: () => this.#target?.content.fleet ?? '',
        onNamespaceMissing: (namespace) => this.#lookout.onNamespaceMissing(namespace),
      },
    });
    this.#runner = new Runner(
      (step) => executor.execute(step),
      (step) => this.#done(step),
      atOnce,
      (leftOver) => void this.#drained(leftOver),
    );
  }

  /** What is being worked towards, durable or not. */
  versionOf(fleet: string): Version | undefined {
    return this.#target?.content.fleet === fleet ? this.#target.state.version : undefined;
  }

  /** Works towards this from now on. Resolves when it is durable; one that is durable already resolves at once. */
  setTarget(target: Target, isDurable: boolean): Promise<void> {
    this.#target = target;
    this.#isDurable = isDurable;
    // What the former state wanted gone may be wanted now.
    this.#runner.replace([]);
    this.#waker.wake(0);
    return isDurable ? Promise.resolve() : new Promise((resolve) => this.#onDurable.push(resolve));
  }

  /** Looks at everything anew, back-offs forgotten. Resolves when all that could be done was done. */
  async checkNow(): Promise<void> {
    this.#failures.forgive();
    this.#fights.forgive();
    await this.#lookout.refresh();
    const settled = new Promise<void>((resolve) => this.#onSettled.push(resolve));
    this.#waker.wake(0);
    await settled;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#waker.stop();
    this.#sight.stop();
    this.#observer.stop();
    await this.#runner.stop();
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  async #round(): Promise<void> {
    const target = this.#target;
    if (!target) return;
    const { signal } = this.#stop;
    const resolved = await this.#lookout.look(target, this.#inventory);
    if (signal.aborted || this.#target !== target) return;
    this.#resolved = resolved;
    this.#plannedAt = Date.now();
    const plan = this.#plan(target, resolved);
    this.#absorb(plan);
    this.#failures.keepOnly((id) => resolved.wantedIds.has(id) || this.#inventory.has(id));
    if (!this.#isDurable || plan.intents.length > 0) await this.#commit(target);
    // A newer state came meanwhile: this plan's steps are no longer what anybody wants.
    if (signal.aborted || this.#target !== target) return;
    this.#skips = skipsByBundle(plan);
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
    const { state, bundles, content } = target;
    return planCluster(
      {
        fleet: content.fleet,
        paused: state.paused,
        bundles: new Map(
          bundles.map(({ bundle, assignment, problem, broken }) => [
            bundle,
            { paused: assignment.paused, complete: broken.length === 0 && !problem },
          ]),
        ),
        desired: resolved.desired,
        inventory: this.#inventory,
        observe: (id) => this.#observer.observe(id),
        pruneHolds: state.pruneHolds,
        deletionConsents: new Set(state.deletionConsents),
        deletionGuard: state.deletionGuard,
        isBackingOff: (id, digest) =>
          this.#failures.isBackingOff(id, digest) || this.#fights.isWaiting(id, digest),
      },
      {
        apiVersionOf: (object) => {
          const wanted = resolved.wanted.get(wantedKey(object.id, object.bundle))!.object;
          return wanted.group ? `${wanted.group}/${wanted.version}` : wanted.version;
        },
      },
    );
  }

  /** What a plan says of the inventory before anything is written. */
  #absorb(plan: Plan): void {
    for (const forget of plan.forgets) {
      this.#inventory.delete(forget.id);
      this.#inventoryChanged = true;
      this.#o.log[forget.reason === 'gone' ? 'debug' : 'info'](
        { object: forget.id, bundle: forget.bundle, reason: forget.reason },
        'an object left the inventory',
      );
    }
    for (const intent of plan.intents) this.#setEntry(intent);
  }

  #setEntry(entry: InventoryEntry): void {
    this.#inventory.set(entry.id, entry);
    this.#inventoryChanged = true;
  }

  async #commit(target: Target): Promise<void> {
    if (!this.#o.lease.mayWrite()) throw new NoLeaseError();
    this.#inventoryChanged = false;
    try {
      await this.#o.state.commit(target.content, this.#inventory.values(), 'intents-written');
    } catch (error) {
      this.#inventoryChanged = true;
      throw error;
    }
    if (this.#target !== target) return;
    this.#isDurable = true;
    for (const resolve of this.#onDurable.splice(0)) resolve();
  }

  /** Nothing is in flight: what was done becomes durable. */
  async #drained(leftOver: boolean): Promise<void> {
    if (leftOver) this.#waker.wake(0);
    if (this.#endsUnseen) this.#waker.wake(1_000);
    this.#endsUnseen = false;
    const { state, checkpoint, log } = this.#o;
    const content = state.content;
    try {
      if (this.#inventoryChanged && content && this.#isDurable) {
        if (!this.#o.lease.mayWrite()) throw new NoLeaseError();
        this.#inventoryChanged = false;
        checkpoint('before-inventory');
        await state.commit(content, this.#inventory.values(), 'inventory-written');
      }
    } catch (error) {
      this.#inventoryChanged = true;
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
    const entry = this.#inventory.get(id);
    if (!entry) return;
    const live = this.#observer.record(id);
    if (this.#forgetDeleted(id)) {
      if (this.#runner.isIdle) this.#waker.soon(() => void this.#drained(false));
      return;
    }
    if (live && !live.terminating && isVerified(entry, live)) {
      if (entry.resourceVersion !== live.resourceVersion)
        this.#inventory.set(id, afterVerification(entry, live));
      if (id.startsWith(crdPrefix) && live.health.status === 'Healthy' && this.#lookout.misses) {
        this.#lookout.rediscover();
        this.#waker.wake(0);
      }
      this.#waker.soon(() => this.#tellStatuses());
      return;
    }
    // While much is being done, changes come in numbers: one plan for many.
    this.#waker.wake(this.#runner.isIdle ? 0 : 50);
  }

  /** What the watch told while the write was in flight was not acted on: it may have told of the end already. */
  #done(step: Step): void {
    if (step.kind === 'delete') {
      if (!this.#forgetDeleted(step.id)) this.#endsUnseen = true;
      return;
    }
    if (step.reason === 'drift') this.#fights.healed(step.id, step.object.digest);
    this.#checkApplied(step.id);
  }

  #checkApplied(id: ObjectId): void {
    const entry = this.#inventory.get(id);
    if (entry?.state !== 'owned' || this.#failures.of(id)) return;
    const live = this.#observer.record(id);
    if (!live || !isVerified(entry, live)) this.#waker.wake(50);
  }

  /** By the newest state, which may be newer than the plan that a deletion is of. */
  #mayDelete(id: ObjectId, bundle: string): boolean {
    const state = this.#target?.state;
    if (!state || state.paused || this.#resolved?.wantedIds.has(id) !== false) return false;
    return !state.assignments.some((it) => it.bundle === bundle && it.paused);
  }

  /** An object that we deleted, and that nobody wants, leaves the inventory at its end: that needs no plan. */
  #forgetDeleted(id: ObjectId): boolean {
    if (this.#observer.observe(id).state !== 'absent' || this.#observer.isDoubtful(id)) return false;
    if (this.#resolved?.wantedIds.has(id) !== false || !this.#inventory.delete(id)) return false;
    this.#inventoryChanged = true;
    return true;
  }

  #tellStatuses(): void {
    const target = this.#target;
    if (!target || !this.#isDurable) return;
    const { statuses } = this.#o;
    const know = {
      version: target.state.version,
      paused: target.state.paused,
      inventory: this.#inventory,
      record: (id: ObjectId) => this.#observer.record(id),
      failure: (id: ObjectId) => this.#failures.of(id) ?? this.#fights.of(id),
      observationProblem: (id: ObjectId) => this.#observer.problemOf(id),
      clusterIsAway: this.#sight.isClusterAway(),
      blindKinds: this.#sight.blindKinds(),
      observedAt: Date.now(),
    };
    const assignedAs = new Map(target.state.assignments.map((it) => [it.bundle, printOf(it)]));
    const current = currentStatuses(target.bundles, this.#skips, statuses.all(), know);
    statuses.update(current, (bundle) => assignedAs.get(bundle) ?? '');
  }

  /** What no event will tell of is looked at again by the clock. */
  #scheduleNext(plan: Plan, resolved: ResolvedTarget): void {
    const isWaiting = resolved.unresolved.length > 0 || plan.skips.some(waitsUnwatched);
    this.#waker.trouble(isWaiting);
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    for (const waiting of [this.#failures, this.#fights]) {
      const retryAt = waiting.nextRetryAt(this.#plannedAt);
      if (retryAt !== undefined) this.#waker.wakeAt(retryAt);
    }
  }

  #roundFailed(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (error instanceof LostStateError) this.#o.onFatal(error);
    this.#o.log.warn(`a round failed, and is tried again: ${errorText(error)}`);
    this.#waker.trouble(true);
  }
}

/** Kinds of which so many objects are applied that their watches had better rest; deletions need theirs. */
function bulkKinds({ phases }: Plan): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const step of phases.flat()) {
    if (step.kind === 'delete') return new Set();
    const kind = step.id.split('/', 2).join('/');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= bulk).map(([kind]) => kind));
}

/** What the hub told a bundle to be. */
function printOf({ revision, manifestDigest, policy, paused }: Assignment): string {
  return [revision, manifestDigest, Buffer.from(policy).toString('base64'), paused].join(' ');
}

/** Its end would come without an event. */
function waitsUnwatched(skip: Skip): boolean {
  return (
    skip.reason === 'unobserved' ||
    skip.reason === 'owned-by-other' ||
    (skip.reason === 'terminating' && skip.deletion)
  );
}
