import type { Digest, ObjectKey, Version } from '@muster/manifest';
import type { HealthStatus } from '@muster/health';

export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown';

/** One word for programs: why an assignment, or an object of it, is as it is. */
export type StatusReason =
  | 'Applied'
  | 'Applying'
  | 'Paused'
  | 'PruneHeld'
  | 'Unsupported'
  | 'Failed'
  | 'Pruning'
  | 'NotObserved'
  | 'OwnedByOther'
  | 'ClaimedByTwo'
  | 'KindMissing'
  | 'Refused'
  | 'Forbidden'
  | 'Invalid'
  | 'Conflict'
  | 'Terminating'
  | 'Unreachable'
  | 'Unhealthy'
  /** It waits for an earlier wave, a hook, or another bundle. */
  | 'Waiting'
  | 'HookFailed'
  /** It differs from its manifest, and its bundle only reports that. */
  | 'Drifted'
  /** A field that cannot be changed would have to be. */
  | 'Immutable'
  /** It left its bundle, which only reports that. */
  | 'Orphaned';

/** The whole state of one assignment in its cluster; the newest wins. */
export interface AssignmentStatus {
  readonly bundle: string;
  /** Of the manifest that this status speaks of; absent for a bundle that left and waits for its prune. */
  readonly manifestDigest: Digest | undefined;
  readonly version: Version;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly reason: StatusReason;
  /** One sentence for people. */
  readonly message: string;
  /** Only objects that are not as they should be; at most 100, the worst first. */
  readonly objects: readonly ObjectStatus[];
  readonly objectCount: number;
  readonly objectProblemCount: number;
  /** Hints that harm nothing; at most 20. */
  readonly warnings: readonly string[];
  /** Milliseconds since the epoch, by the agent's clock. */
  readonly observedAt: number;
  /** It has left the cluster, and nothing of it remains. */
  readonly gone: boolean;
}

export interface ObjectStatus {
  readonly object: ObjectKey & { readonly version: string };
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly reason: StatusReason;
  /** Never a value of a Secret. */
  readonly message: string;
  /** Where the live object differs from its manifest though it is not corrected; at most 20. */
  readonly differences?: readonly FieldDifference[];
}

/** One field of a live object that is not as its manifest says. */
export interface FieldDifference {
  /** A JSON pointer: `/spec/replicas`. */
  readonly path: string;
  /** JSON, at most 200 characters; empty where the field is not there, or must not be shown. */
  readonly desired: string;
  readonly live: string;
  /** Who changed it, as far as the cluster tells; else empty. */
  readonly manager: string;
}
