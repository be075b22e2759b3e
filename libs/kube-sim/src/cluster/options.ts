import type { Environment } from '../operations/cluster.ts';

export interface SimulatedClusterOptions {
  /** Shown in the kubeconfig as cluster, user and context; `kube-sim` if it isn't said. */
  readonly name?: string;
  /** On 127.0.0.1; a free one if it isn't said. */
  readonly port?: number;
  /**
   * State is kept here: it comes back after a restart, with the same token. Written a moment after changes and by
   * `stop`, atomically. A file that can't be read rejects the start with `SnapshotError`.
   */
  readonly snapshotFile?: string;
  /** Until Pods are ready, and those of Jobs have ended; 200 ms. `Infinity`: never. */
  readonly podsReadyAfterMs?: number;
  /** Whether workloads get Pods and claims are bound; true. Without, they are only stored, as where no controller runs. */
  readonly runWorkloads?: boolean;
  /** How many of the newest events a watch may resume from; 500. */
  readonly historyLimit?: number;
  /** Between bookmarks of a watch; 60 s, about as the real server. */
  readonly bookmarkIntervalMs?: number;
  /** A fault in keeping the snapshot; the next change tries again. Written to stderr if nobody listens. */
  readonly onSnapshotError?: (error: unknown) => void;
  /** The uid of `kube-system`, by which Muster knows a cluster; a random one, kept in the snapshot. */
  readonly clusterUid?: string;
  /** Time and chance, for tests. */
  readonly environment?: Environment;
}
