import type {
  Cluster,
  ClusterLabelsRequest,
  ClusterRemovalQuery,
  DeletionConsentRequest,
  JoinTokenRequest,
  NewJoinToken,
  Pause,
  PauseRequest,
  ResumeQuery,
  SyncRequest,
  SyncResult,
} from '@muster/api';
import type { z } from 'zod';

/** A request that can't be done as it is: which field, and what to do. */
export interface Refusal {
  readonly outcome: 'refused';
  /** `conflict`: the request is well-formed, but not as things stand. */
  readonly because: 'invalid' | 'conflict';
  readonly message: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export interface NotFound {
  readonly outcome: 'not-found';
  readonly message: string;
}

export interface Done<Result> {
  readonly outcome: 'done';
  readonly result: Result;
}

export type ActionOutcome<Result> = Done<Result> | NotFound | Refusal;

/** Everything that people can change of the fleet other than by Git. `by` is the name of the token that asked. */
export interface FleetActions {
  setLabels(
    cluster: string,
    request: z.output<typeof ClusterLabelsRequest>,
    by: string,
  ): Promise<ActionOutcome<Cluster['labels']>>;
  /** The agent is told and stops. Workloads that are to be deleted are first: then the cluster stays until they are. */
  removeCluster(
    cluster: string,
    workloads: ClusterRemovalQuery['workloads'],
    by: string,
  ): Promise<ActionOutcome<undefined>>;
  createJoinToken(
    request: z.output<typeof JoinTokenRequest>,
    by: string,
  ): Promise<ActionOutcome<NewJoinToken>>;
  revokeJoinToken(id: string, by: string): Promise<ActionOutcome<undefined>>;
  /** Answers the pauses that now stand. */
  pause(request: z.output<typeof PauseRequest>, by: string): Promise<ActionOutcome<readonly Pause[]>>;
  /** Answers the pauses that were lifted. */
  resume(query: ResumeQuery, by: string): Promise<ActionOutcome<readonly Pause[]>>;
  /** Answers the clusters where the deletions of the bundle are now consented to. */
  consentToDeletions(request: DeletionConsentRequest, by: string): Promise<ActionOutcome<readonly string[]>>;
  sync(request: SyncRequest, by: string): Promise<ActionOutcome<SyncResult>>;
  /** Answers the new epoch. */
  recover(reason: string, by: string): Promise<ActionOutcome<number>>;
}
