/** What actions need of the rest of the hub. Every method may be called often: whoever is woken looks by itself. */
export interface ActionPorts {
  /** Plans anew, soon: labels, pauses, consents, the epoch or the register of clusters have changed. */
  wakePlanner(): void;
  /** Fetches the fleet repo and resolves what is new there; answers its head, `undefined` when it never was reached. */
  lookAtRepo(): Promise<string | undefined>;
  /** Asks the agents of these clusters (ids) to check everything now; answers those that are connected. */
  requestSync(clusterIds: readonly string[], bundle: string | undefined): Promise<readonly string[]>;
  /** Tells the agent of a cluster (id) that was removed, if it is connected. */
  tellRemoved(clusterId: string): void;
  /** Topics of lists that are worth reading again. */
  changed(
    topics: readonly ('clusters' | 'bundles' | 'revisions' | 'assignments' | 'objects' | 'status')[],
  ): void;
}

/** What new join tokens tell an agent. */
export interface JoinInvitation {
  /** `authorityPin` of the hub's CA. */
  readonly authorityPin: string;
  /** `host:port` that agents are given for enrolment. */
  readonly enrolmentAddress: string;
  randomBytes(size: number): Uint8Array;
}
