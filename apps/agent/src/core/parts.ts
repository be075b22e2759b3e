import type { InventoryEntry } from '@muster/apply-plan';
import type { KubeClient } from '@muster/kube';
import type { ObjectId } from '@muster/manifest';
import type { Lease } from '../lease/lease.ts';
import type { Log } from '../log.ts';
import type { ClusterState } from '../state/cluster-state.ts';
import type { StatusBook } from '../status/book.ts';
import { Drift } from './drift/drift.ts';
import { Failures } from './failures.ts';
import { Hooks } from './hooks.ts';
import type { Kinds } from './kinds.ts';
import { Ledger } from './ledger.ts';
import { Lookout } from './lookout.ts';
import { Observer } from './observer.ts';
import { failureTail, podTrouble } from './pod-trouble.ts';
import { PodTroubles } from './pod-troubles.ts';
import { Scope } from './scope.ts';
import { Sight } from './sight.ts';
import { Teller } from './teller.ts';
import { Waits } from './waits.ts';

export interface PartsOptions {
  readonly kube: KubeClient;
  readonly state: ClusterState;
  readonly inventory: readonly InventoryEntry[];
  readonly lease: Lease;
  readonly kinds: Kinds;
  readonly statuses: StatusBook;
  readonly log: Log;
  readonly scope?: Scope;
}

/** What the parts tell the reconciler. */
export interface PartsEvents {
  readonly onChange: (id: ObjectId) => void;
  readonly onKindGone: () => void;
  /** More is known than the last plan knew. */
  readonly onNews: () => void;
  /** Nothing is to be planned, but the statuses say more. */
  readonly onTold: () => void;
  readonly signal: AbortSignal;
}

/** What the reconciler knows and looks with. */
export interface Parts {
  readonly ledger: Ledger;
  readonly observer: Observer;
  readonly lookout: Lookout;
  readonly failures: Failures;
  readonly drift: Drift;
  readonly sight: Sight;
  readonly troubles: PodTroubles;
  readonly hooks: Hooks;
  readonly waits: Waits;
  readonly teller: Teller;
}

export function makeParts(options: PartsOptions, events: PartsEvents): Parts {
  const { kube, state, lease, log, kinds, statuses, scope = new Scope() } = options;
  const { signal, onChange, onKindGone, onNews, onTold } = events;
  const ledger = new Ledger(options.inventory, state, lease, log);
  const observer = new Observer(kube, onChange, scope, onKindGone);
  const lookout = new Lookout({ kube, kinds, observer, onLate: onNews, signal, scope });
  const failures = new Failures(Date.now, Math.random);
  const drift = new Drift({ kube, observer, setEntry: (entry) => ledger.set(entry), now: Date.now });
  const sight = new Sight(lease, observer, onTold);
  const troubles = new PodTroubles({
    look: (workload, until) => podTrouble(kube, workload, until),
    onChange: onTold,
  });
  const waits = new Waits();
  const hooks = new Hooks({
    ledger,
    tailOf: (workload, until) => failureTail(kube, workload, until),
    onNews,
    now: Date.now,
  });
  const inventory = ledger.entries;
  const teller = new Teller({ statuses, observer, failures, drift, sight, troubles, waits, inventory });
  return { ledger, observer, lookout, failures, drift, sight, troubles, hooks, waits, teller };
}

export function stopParts({ hooks, sight, troubles, observer }: Parts): void {
  for (const part of [hooks, sight, troubles, observer]) part.stop();
}
