import type { InventoryEntry } from '@muster/apply-plan';
import type { Assignment, ObjectId } from '@muster/manifest';
import type { SkipsByBundle } from '../status/assess.ts';
import type { StatusBook } from '../status/book.ts';
import { currentStatuses } from '../status/current.ts';
import type { Drift } from './drift/drift.ts';
import type { Failures } from './failures.ts';
import type { Observer } from './observer.ts';
import type { PodTroubles } from './pod-troubles.ts';
import type { Sight } from './sight.ts';
import type { Target } from './target.ts';
import type { Waits } from './waits.ts';

export interface TellerOptions {
  readonly statuses: StatusBook;
  readonly observer: Observer;
  readonly failures: Failures;
  readonly drift: Drift;
  readonly sight: Sight;
  readonly troubles: PodTroubles;
  readonly waits: Waits;
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
}

/** Makes the statuses of all bundles from what is known now. */
export class Teller {
  readonly #o: TellerOptions;
  #timeouts: ReadonlyMap<string, number | undefined> = new Map();

  constructor(options: TellerOptions) {
    this.#o = options;
  }

  tell(target: Target, skips: SkipsByBundle): void {
    const { statuses, observer, failures, drift, sight, troubles, inventory } = this.#o;
    this.#timeouts = new Map(target.bundles.map((it) => [it.bundle, it.policy.healthTimeoutS]));
    const observedAt = Date.now();
    troubles.consider(inventory, (id) => observer.record(id));
    const know = {
      version: target.state.version,
      paused: target.state.paused,
      inventory,
      record: (id: ObjectId) => observer.record(id),
      failure: (id: ObjectId) => failures.of(id) ?? drift.of(id),
      isSame: (id: ObjectId) => drift.isSame(id),
      trouble: (id: ObjectId) => troubles.of(id),
      observationProblem: (id: ObjectId) => observer.problemOf(id),
      clusterIsAway: sight.isClusterAway(),
      blindKinds: sight.blindKinds(),
      lateBundles: this.#o.waits.late((bundle) => this.#timeouts.get(bundle), observedAt),
      observedAt,
    };
    const assignedAs = new Map(target.state.assignments.map((it) => [it.bundle, printOf(it)]));
    const current = currentStatuses(target.bundles, skips, statuses.all(), know);
    statuses.update(current, (bundle) => assignedAs.get(bundle) ?? '');
  }

  /** When a wait will have lasted too long, or a hook's deadline is. */
  nextAt(now: number): number | undefined {
    return this.#o.waits.nextAt((bundle) => this.#timeouts.get(bundle), now);
  }
}

/** What the hub told a bundle to be. */
function printOf({ revision, manifestDigest, policy, paused }: Assignment): string {
  return [revision, manifestDigest, Buffer.from(policy).toString('base64'), paused].join(' ');
}
