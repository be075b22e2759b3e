/** What this replica knows of the sessions that it has: fresher than any table, since heartbeats are not written. */
export interface Liveness {
  /** When the cluster (id) was last heard here, ms since the epoch; `undefined` when it has no session here. */
  lastHeard(clusterId: string): number | undefined;
}

/** For a replica without sessions. */
export const nobodyHere: Liveness = { lastHeard: () => undefined };
