import type { DeletionGuard, Dependency, ObjectId } from '@muster/manifest';
import type { HookRecord } from './hook-record.ts';
import type { Placement } from './placement.ts';

/** An object that a bundle wants in the cluster. */
export interface DesiredObject {
  readonly id: ObjectId;
  readonly bundle: string;
  /** Of the rendered bytes: with the bundle and the id it determines the bytes that are applied. */
  readonly digest: string;
  /** Stands for the rules of its bundle that leave some of it as it is in the cluster; absent: there are none. */
  readonly ignoring?: string;
  /** Absent: as most are, of no wave and no hook. */
  readonly placement?: Placement;
}

/**
 * What the cluster's own inventory says of an object, durable before the object is first written.
 *
 * - `intended`: about to be written; it may exist or not.
 * - `owned`: it was seen with this uid after our write.
 */
export interface InventoryEntry {
  readonly id: ObjectId;
  readonly bundle: string;
  /** With which it was last written, so that it can be deleted when no manifest names it any more. */
  readonly apiVersion: string;
  readonly state: 'intended' | 'owned';
  readonly uid?: string;
  /** Digest that was last applied. */
  readonly digest?: string;
  /** The live resourceVersion that was last verified to be as applied. */
  readonly resourceVersion?: string;
  /** Hash of our entry in managedFields at that time: what we own of the object. */
  readonly fieldsHash?: string;
  /** It was there before Muster wrote to it: kept when it leaves its bundle. */
  readonly adopted: boolean;
  /** The rules under which it was last applied, as `DesiredObject.ignoring`. */
  readonly ignoring?: string;
  /** The one that its annotations named when it was last written: deletions go in the reverse order. */
  readonly wave?: number;
  /** Of a hook: what was run for which manifest. */
  readonly hook?: HookRecord;
  /** With its present digest it did what it was for, and was to be removed then: it isn't missed when it is gone. */
  readonly ended?: true;
}

/** What is known of a live object: metadata only. */
export interface LiveObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of the label; undefined where it has none. */
  readonly fleet: string | undefined;
  readonly bundle: string | undefined;
  /** The value of `muster.dev/object`. */
  readonly marksObject: string | undefined;
  readonly fieldsHash: string | undefined;
  readonly terminating: boolean;
  /** Since when its deletion waits, as the API server says, and for whom. */
  readonly termination?: { readonly since: string; readonly finalizers: readonly string[] };
  /** `Kind/name` of the controller that has taken it on: what becomes of the object is its business. */
  readonly controller?: string;
  /** A Job that is complete, and that its TTL removes. */
  readonly ended?: true;
  /** It bears `muster.dev/prune: "false"`, or what Helm or Argo CD take for that. */
  readonly neverPrune: boolean;
}

/** What the agent knows of an object's life. */
export type Observation =
  | { readonly state: 'present'; readonly live: LiveObject }
  | { readonly state: 'absent' }
  /** Not looked at, or the API server didn't let us: nothing may be concluded. */
  | { readonly state: 'unobserved' };

/** What a bundle says of objects that leave it, or that it leaves behind; what is absent is as by default. */
export interface PrunePolicy {
  /** What left the bundle is reported, not deleted. */
  readonly prune?: false;
  /** What becomes of all when the bundle leaves the cluster: they stay, and are forgotten. */
  readonly onRemoval?: 'Orphan';
  /** Objects that were there before are deleted as well. */
  readonly adopted?: 'Prune';
}

/** A bundle that the cluster no longer has, and of which something remains. */
export interface LeavingBundle {
  /** The last that it said. */
  readonly policy: PrunePolicy;
  /** Nothing is written for it, though it isn't assigned any more. */
  readonly paused: boolean;
  readonly dependsOn?: readonly Dependency[];
}

/** What stands in the way of an assignment that the cluster has. */
export interface AssignedBundle {
  readonly paused: boolean;
  /** False while its objects aren't all known (a manifest that can't be read, a kind without API): it may hold any object. */
  readonly complete: boolean;
  /** What somebody changed, or deleted, is only told. */
  readonly reportsDrift?: boolean;
  readonly policy?: PrunePolicy;
  /** Digest of its manifest: hooks run once for each. */
  readonly manifest?: string;
  readonly dependsOn?: readonly Dependency[];
  /** Seconds; what a hook's run may take unless it says otherwise. */
  readonly healthTimeoutS?: number;
}

/** An object that cannot be planned, because its kind isn't served or its bytes can't be read. */
export interface UnplannedObject {
  readonly bundle: string;
  readonly placement?: Placement;
  /** A sentence: which object, and why. */
  readonly message: string;
}

export interface PlanInput {
  /** The hub's uuid. */
  readonly fleet: string;
  /** The emergency stop of the cluster. */
  readonly paused: boolean;
  readonly bundles: ReadonlyMap<string, AssignedBundle>;
  /** Of bundles that left; one that isn't here left with everything as by default. */
  readonly leaving?: ReadonlyMap<string, LeavingBundle>;
  readonly desired: readonly DesiredObject[];
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
  readonly observe: (id: ObjectId) => Observation;
  /** While any stands, nothing is pruned. */
  readonly pruneHolds: readonly { readonly bundle: string; readonly reason: string }[];
  readonly deletionConsents: ReadonlySet<string>;
  readonly deletionGuard: DeletionGuard;
  /** True while the object waits after a failure with this digest (undefined: its deletion's). */
  readonly isBackingOff: (id: ObjectId, digest: string | undefined) => boolean;
  /** Of an object that is present. Absent: all are healthy. */
  readonly health?: (id: ObjectId) => { readonly status: string; readonly message: string } | undefined;
  /** Milliseconds since the epoch, for deadlines. */
  readonly now?: number;
  readonly unplanned?: readonly UnplannedObject[];
}

export type ApplyReason =
  | 'create'
  | 'adopt'
  | 'changed'
  | 'drift'
  /** It bears our marks, but another uid than the one that we know. */
  | 'replaced'
  | 'hand-over'
  | 'unverified'
  /** A hook's run begins. */
  | 'hook';

export interface ApplyStep {
  readonly kind: 'apply';
  readonly id: ObjectId;
  readonly object: DesiredObject;
  readonly reason: ApplyReason;
}

export interface DeleteStep {
  readonly kind: 'delete';
  readonly id: ObjectId;
  readonly bundle: string;
  /** The precondition of the deletion: the proof that it is the object which the inventory owns. */
  readonly uid: string;
  readonly apiVersion: string;
  /** An instance of a hook that is still wanted. */
  readonly ofHook?: true;
  /** Only what it owns is gone first, it is: nothing of a run goes on beside the next. */
  readonly propagation?: 'Foreground';
}

export type Step = ApplyStep | DeleteStep;

export type SkipReason =
  /** Live is as it was last applied. */
  | 'unchanged'
  /** It did what it was for, and its TTL removed it. */
  | 'ended'
  | 'paused'
  /** Another fleet's, or another bundle's; `other` says whose. */
  | 'owned-by-other'
  /** Two bundles of this cluster claim it; `other` is the one that has it. */
  | 'claimed-by-two-bundles'
  | 'unobserved'
  | 'terminating'
  | 'backing-off'
  /** Somebody deleted it, or put another in its place, and its bundle only reports that. */
  | 'drifted'
  /** Deletions wait: a bundle isn't rendered yet or can't be read; `other` names it. */
  | 'prune-held'
  /** Deletions wait for a person's consent. */
  | 'consent-needed'
  /** It left its bundle, which prunes nothing. */
  | 'orphaned'
  /** For an earlier wave, a hook, or another bundle; a deletion: for what goes first. `detail` says for what. */
  | 'waiting'
  /** Its turn hasn't come, or came and ended well. */
  | 'hook-done'
  | 'hook-running'
  /** This hook did; what waits behind it says `stopped`. */
  | 'hook-failed'
  /** A hook of its bundle failed: nothing new is applied. */
  | 'stopped'
  /** An object that isn't Muster's bears the name of a hook that would be made anew. */
  | 'hook-in-the-way';

export interface Skip {
  readonly id: ObjectId;
  /** Of the assignment whose status says so. */
  readonly bundle: string;
  readonly reason: SkipReason;
  /** True for what should leave the cluster. */
  readonly deletion: boolean;
  readonly other?: string;
  /** A sentence's rest, for people. */
  readonly detail?: string;
}

export type ForgetReason =
  | 'gone'
  /** There before Muster, kept when it leaves. */
  | 'adopted-kept'
  /** `muster.dev/prune: "false"`, or what Helm or Argo CD take for that. */
  | 'never-prune'
  /** Its bundle left, and said that all stays. */
  | 'left-behind'
  /** Another controller has taken it on; or it is wanted under another name, by which its API is served too. */
  | 'not-ours-alone'
  /** Another object bears its name now. */
  | 'uid-differs'
  | 'owned-by-other';

/** An entry that leaves the inventory without anything being written. */
export interface Forget {
  readonly id: ObjectId;
  readonly bundle: string;
  readonly reason: ForgetReason;
}

export interface Plan {
  /** In order; the steps of one phase may run at the same time. */
  readonly phases: readonly (readonly Step[])[];
  readonly skips: readonly Skip[];
  /** Entries that must be durable before the first step runs. */
  readonly intents: readonly InventoryEntry[];
  readonly forgets: readonly Forget[];
  /** What bundles wait for. */
  readonly waits: readonly Wait[];
  /** When the next deadline is, in milliseconds since the epoch. */
  readonly nextDeadline?: number;
}

/** What the next step of a bundle waits for. */
export interface Wait {
  readonly bundle: string;
  readonly on: 'health' | 'hook' | 'bundle';
  /** The wave, the hooks or the bundle: while it stays the same, it is the same wait. */
  readonly what: string;
  /** Whose change may end the wait. */
  readonly object?: ObjectId;
  /** A sentence's rest: `waits for …`. */
  readonly message: string;
}
