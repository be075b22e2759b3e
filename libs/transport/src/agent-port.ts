import type { AssignmentStatus, Facts, Hello, RefusedState, Version, Welcome } from '@muster/contracts';
import type { AgentRequest, DesiredStateBytes } from './port.ts';
import type { Timers } from './shared/timers.ts';

/** What an agent proves itself by, and whom it believes. PEM, each. */
export interface AgentIdentity {
  readonly key: string;
  readonly certificate: string;
  /** All CAs that are trusted. */
  readonly authorities: string;
}

export interface LinkOptions {
  /** `host:port` of the sessions' listener; asked anew at each attempt. */
  readonly address: () => string;
  /** Asked anew at each attempt, so that a renewed certificate is used from the next connection on. */
  readonly identity: () => AgentIdentity;
  /** What to say first, asked at each attempt. */
  readonly hello: () => Hello;
  readonly handlers: LinkHandlers;
  readonly timers?: Timers;
  /** [0, 1), for jitter. */
  readonly random?: () => number;
}

export interface LinkHandlers {
  /** A whole, verified desired state. Whether it is newer than what is held is for the agent to say. */
  onDesiredState(state: DesiredStateBytes): void;
  /** The chunks of the answer; `undefined` when this agent doesn't know the request. */
  onRequest(request: AgentRequest, context: RequestContext): AsyncIterable<Uint8Array> | undefined;
  /** The cluster was removed. The link has closed itself for good. */
  onRemoved(reason: string): void;
  /** The hub knows, durably, that this bundle is gone: it needn't be told again. */
  onGoneAcknowledged?(bundle: string): void;
  onConnected?(welcome: Welcome): void;
  /** A session ended, or none came about; the link tries again by itself. */
  onDisconnected?(lost: Disconnected): void;
}

export interface RequestContext {
  /** Aborts when the hub cancels or the session ends. */
  readonly signal: AbortSignal;
  readonly traceparent: string;
}

export interface Disconnected {
  /** One sentence. */
  readonly reason: string;
  readonly retryInMs: number;
  /** False when not even a Welcome came: the certificate may not be accepted. */
  readonly wasConnected: boolean;
  /** gRPC's code when the call failed. */
  readonly code?: number;
}

export interface ReportUpdate {
  readonly assignments: readonly AssignmentStatus[];
  /** The newest desired state that is durable in the cluster. */
  readonly applied?: Version;
  /** The newest that assigns nothing, and of which nothing that was applied before remains. */
  readonly emptied?: Version;
  /** A newer one, which cannot be taken on. Told until a state is applied that is not older. */
  readonly refused?: RefusedState;
  /**
   * These are all there are: bundles that the hub remembers beyond them are forgotten. To be said once the agent
   * knows, after its start; from then on the link repeats the whole truth in each new session by itself.
   */
  readonly whole?: boolean;
}

export interface FetchedBlob {
  readonly digest: string;
  readonly data: Uint8Array;
  /** Of `data`, 32 bytes; there where the digest is keyed. */
  readonly sha256?: Uint8Array;
}

/** An agent's open line, which mends itself until it is closed. */
export interface AgentLink {
  readonly connected: boolean;
  /** Keeps these states and tells them until the hub acknowledges; the newest of each bundle wins. */
  report(update: ReportUpdate): void;
  facts(facts: Facts): void;
  /**
   * Fetches by digest and yields each blob verified, in the hub's order. Throws `BlobMismatch` for bytes that aren't
   * their digest's (after asking once more), `HubRefused` for what this cluster may not have or with no session.
   */
  fetch(digests: readonly string[], options?: { readonly signal?: AbortSignal }): AsyncIterable<FetchedBlob>;
  /** Drops the session, if there is one, and connects at once: with a new address, say. */
  reconnect(): void;
  close(): void;
}
