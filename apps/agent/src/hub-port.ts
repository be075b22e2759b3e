import type { DesiredState, Version } from '@muster/manifest';
import type { Finding, Inspection } from './inspect/model.ts';
import type { AssignmentStatus } from './status/model.ts';

/**
 * The seam between the agent's core, which keeps a cluster as its newest desired state says, and whoever brings
 * desired states: a hub's session, or a file. A link runs beside the core, and the core works on without it.
 */
export interface HubLink {
  /**
   * Brings desired states to the core and statuses to the hub, reconnecting for ever. Resolves when `signal` aborts
   * or the hub said that the cluster was removed; rejects only where no retry can help (no identity and no
   * token) and the core holds nothing that it should go on with.
   */
  run(core: AgentCore, signal: AbortSignal): Promise<void>;
}

/** What a link may ask of the core. No method throws for what an agent's surroundings can cause. */
export interface AgentCore {
  /** The newest desired state that is durable in the cluster: for Hello. */
  held(): HeldState | undefined;
  /** What only the cluster knows; discovers if it must. */
  facts(): Promise<ClusterFacts>;
  /** Called after each change of the facts, until the signal aborts. */
  onFactsChanged(listener: () => void, signal: AbortSignal): void;
  /**
   * Takes a desired state on: fetches what it lacks, makes it durable, and goes on to apply it. Resolves when it is
   * held (or refused: older than what is held, not well-formed), which may be long before it is applied. A newer
   * offer ends an older one's fetching.
   */
  offer(offer: OfferedState): Promise<OfferOutcome>;
  /** The state that is held, if it assigns nothing and nothing that was applied before remains. */
  emptied(): Version | undefined;
  /** The newest status of every assignment, those included that are gone and not yet acknowledged. */
  statuses(): readonly AssignmentStatus[];
  /** Resolves once `statuses` is the whole truth: before that, a bundle that isn't in it may well be in the cluster. */
  statusesWhole(): Promise<void>;
  /** Called with the statuses that changed, batched; until the signal aborts. */
  onStatuses(listener: (changed: readonly AssignmentStatus[]) => void, signal: AbortSignal): void;
  /** The hub has this status of a bundle that is gone: it need not be told again. */
  forgetGone(bundle: string): void;
  /** Checks everything (of one bundle) against the cluster now, back-offs forgotten. Resolves when checked. */
  syncNow(bundle: string | undefined, signal: AbortSignal): Promise<void>;
  /**
   * Answers what a person asks of the cluster; what was found together comes together. Ends with the signal. Throws
   * `InspectionRefused` for what can't be answered.
   */
  inspect(question: Inspection, signal: AbortSignal): AsyncIterable<readonly Finding[]>;
  /** An authenticated hub says that the cluster was removed: the agent stops, the workloads stay. */
  removed(reason: string): void;
}

export interface HeldState {
  readonly version: Version;
  /** SHA-256 of the bytes as they were announced. */
  readonly digest: Uint8Array;
}

export interface OfferedState {
  readonly state: DesiredState;
  /** As announced; kept so, because re-encoding would lose what an older reader doesn't know. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`; verified by the link. */
  readonly digest: Uint8Array;
  /** The hub's uuid. */
  readonly fleet: string;
  /** The first that a session brings: how many came between it and what is held, nobody knows. */
  readonly isFirst?: boolean;
  readonly fetch: FetchBlobs;
}

/** Yields manifests and objects, each requested one at least once; throws when the link broke. */
export type FetchBlobs = (digests: readonly string[], signal: AbortSignal) => AsyncIterable<FetchedBlob>;

export interface FetchedBlob {
  readonly digest: string;
  readonly data: Uint8Array;
  /** Of `data`, 32 bytes; there where the digest is keyed, for the core to check. */
  readonly sha256?: Uint8Array;
}

export type OfferOutcome =
  | { readonly outcome: 'held' }
  /** A lower (epoch, generation) than one that was held here. */
  | { readonly outcome: 'older'; readonly held: Version }
  | { readonly outcome: 'superseded' }
  /** Not well-formed, or a blob isn't what its digest says; nothing was changed. */
  | { readonly outcome: 'invalid'; readonly problems: readonly string[] }
  /** The link broke while fetching, or the cluster did while storing: offer it again. */
  | { readonly outcome: 'failed'; readonly problem: string };

export interface ClusterFacts {
  readonly kubernetesVersion: string;
  /** `group/version/Kind`, core ones as `v1/Kind`; sorted. */
  readonly apiResources: readonly string[];
  /** False while part of the discovery failed: such facts replace nothing. */
  readonly complete: boolean;
  /** uid of the namespace kube-system: what makes a cluster the same cluster. */
  readonly clusterUid: string;
}
