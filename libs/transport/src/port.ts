import type { Facts, Goodbye_Reason, Hello, Report, Request, Version } from '@muster/contracts';
import type { Timers } from './shared/timers.ts';

/**
 * The hub's side of the agent protocol: what the transport asks of the hub (`AgentHandlers`, `SessionHandlers`) and
 * what it gives to it (`AgentServer`, `HubSession`). Bytes, streams, limits and lifetimes are the transport's;
 * tokens, clusters, desired states and statuses are the hub's.
 */
export interface AgentHandlers {
  /** Trades a join token for a certificate. A rejection becomes INTERNAL, its message stays at the hub. */
  enrol(attempt: EnrolAttempt): Promise<EnrolOutcome>;
  /** Trades a CSR of a known key for a new certificate, also after the former ran out. */
  renew(attempt: RenewAttempt): Promise<RenewOutcome>;
  /**
   * Decides whether this peer may have a session, after its Hello. The TLS layer has verified that the certificate
   * is the CA's and in date; whether the cluster still exists and the key is still its key is for the hub to say.
   * An accepted session replaces an older one of the same cluster, which hears Goodbye.
   */
  connect(peer: Peer, hello: Hello): Promise<ConnectDecision>;
  /**
   * Until when the newest certificate that the hub issued for this peer's key is valid, ms since the epoch. Asked
   * when the certificate of an open session runs out: a session outlives its certificate if that was renewed,
   * wherever it was renewed. `undefined`: the cluster is gone or has another key.
   */
  certificateExpiry(peer: Peer): Promise<number | undefined>;
  /** What went wrong at the rim and harms nobody else: for the log. Never a token, key or payload. */
  onProblem?(problem: TransportProblem): void;
}

/** Who is at the other end, by its verified certificate. */
export interface Peer {
  /** The cluster's uuid. */
  readonly clusterId: string;
  /** SHA-256 of the certificate's SubjectPublicKeyInfo, lower-case hex: names the key across renewals. */
  readonly keyId: string;
  /** ms since the epoch. */
  readonly certificateNotAfter: number;
  /** `address:port`, for logs. */
  readonly address: string;
}

export interface EnrolAttempt {
  /** As it came; not yet parsed. */
  readonly joinToken: string;
  /** PKCS#10, DER, not yet verified. */
  readonly csr: Uint8Array;
  /** Empty: the token's. */
  readonly clusterName: string;
  /** uid of kube-system, as the agent says. */
  readonly clusterUid: string;
  readonly address: string;
}

export interface RenewAttempt {
  readonly csr: Uint8Array;
  /** The agent's latest certificate, DER, not yet verified; it may have run out. */
  readonly certificate: Uint8Array;
  readonly address: string;
}

export interface IssuedToAgent {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, each; the CAs to trust from now on. */
  readonly caBundle: readonly Uint8Array[];
  readonly notAfter: number;
  readonly renewAfter: number;
  /** `host:port` of the sessions' listener; empty: the host that the agent dialled, the default port. */
  readonly sessionAddress: string;
}

export type EnrolOutcome =
  | {
      readonly outcome: 'enrolled';
      readonly certificate: IssuedToAgent;
      readonly clusterName: string;
      readonly fleet: string;
    }
  | { readonly outcome: 'refused'; readonly reason: EnrolRefusal; readonly message: string };

export type EnrolRefusal =
  | 'token-malformed'
  | 'token-unknown'
  | 'token-used'
  | 'token-expired'
  /** The token is for another name, or the name or cluster needs a token made for it. */
  | 'name-not-allowed'
  /** The name belongs to another cluster. */
  | 'name-taken'
  /** CSR, name or uid are not what they must be. */
  | 'invalid-request';

export type RenewOutcome =
  | { readonly outcome: 'renewed'; readonly certificate: IssuedToAgent }
  | { readonly outcome: 'refused'; readonly reason: RenewRefusal; readonly message: string };

export type RenewRefusal = 'not-its-key' | 'removed' | 'invalid-request';

export type ConnectDecision =
  | { readonly decision: 'accept'; readonly welcome: SessionWelcome; readonly open: OpenSession }
  /** Sends Removed: the agent stops, the workloads stay. */
  | { readonly decision: 'removed'; readonly reason: string }
  /** Sends Goodbye. */
  | { readonly decision: 'refuse'; readonly message: string; readonly reconnectAfterMs: number };

/**
 * Called once, at once, for each session that was accepted. One whose agent left meanwhile, or for which there is no
 * room, ends right after, by `onEnd` as any other.
 */
export type OpenSession = (session: HubSession) => SessionHandlers;

export interface SessionWelcome {
  /** The hub's number for this session; only grows, over restarts and replicas. */
  readonly session: bigint;
  readonly fleet: string;
  readonly clusterName: string;
}

/** What the hub does with what an agent says. One session's calls come one after the other, in order. */
export interface SessionHandlers {
  /** The agent isn't read further until this resolves: that is the back-pressure. Acknowledge when it is durable. */
  onReport(report: Report): void | Promise<void>;
  onFacts(facts: Facts): void | Promise<void>;
  /** The first of `digests` that this cluster's desired state doesn't hold; `undefined`: it may have them all. */
  firstForbidden(digests: readonly string[]): Promise<string | undefined>;
  /** Once, as the last call. Nothing that the session was told afterwards has an effect. */
  onEnd(end: SessionEnd): void;
}

export type SessionEnd =
  /** The agent closed, or its connection broke. */
  | { readonly cause: 'agent-left'; readonly message: string }
  | { readonly cause: 'silent' }
  | { readonly cause: 'certificate-expired' }
  | { readonly cause: 'protocol-error'; readonly message: string }
  | { readonly cause: 'replaced' }
  /** By `removed`, `goodbye` or `close`, or because the server stops. */
  | { readonly cause: 'hub-closed' };

/** One cluster's open line. Every method returns at once and does nothing when the session has ended. */
export interface HubSession {
  readonly peer: Peer;
  /** The hub's number for it. */
  readonly session: bigint;
  readonly hello: Hello;
  /** When the agent was last heard, ms since the epoch; heartbeats count. */
  readonly lastHeard: number;
  readonly ended: boolean;
  /** Sends this desired state; one that waits to be sent is replaced by a newer. */
  announce(state: DesiredStateBytes): void;
  /** All reports up to this sequence are durable. */
  acknowledge(sequence: bigint): void;
  /**
   * Asks the agent something and yields the chunks of its answer, gunzipped; throws `RequestFailed` with the code
   * that the agent ended with. Leaving the loop, or the signal, cancels the request at the agent.
   */
  request(request: AgentRequest, options?: RequestOptions): AsyncIterable<Uint8Array>;
  /** Says Removed and ends. */
  removed(reason: string): void;
  goodbye(goodbye: { reason: Goodbye_Reason; reconnectAfterMs: number; message: string }): void;
  /** At once, without a word. */
  close(): void;
}

export type AgentRequest = NonNullable<Request['request']>;

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** W3C trace context. */
  readonly traceparent?: string;
}

/** A DesiredState as it is hashed and sent. Sessions that get the same object share its encoding. */
export interface DesiredStateBytes {
  readonly version: Version;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, 32 bytes. */
  readonly digest: Uint8Array;
}

/** Where the hub's objects come from when agents fetch. */
export interface BlobSource {
  /**
   * The content of these digests, in any order; throws for one that doesn't exist. Called after `firstForbidden`
   * let the agent have them, and once for many agents that ask for the same.
   */
  load(digests: readonly string[], signal: AbortSignal): AsyncIterable<StoredBlob>;
}

export interface StoredBlob {
  readonly digest: string;
  readonly data: Uint8Array;
}

/** PEM. What the listeners present, and whom they trust. */
export interface ServerTls {
  readonly key: string;
  /** The leaf, then the CA that issued it: agents check the CA against their token's pin. */
  readonly certificateChain: string;
  /** Issuers of client certificates. */
  readonly clientCas: string;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface AgentServerOptions {
  readonly sessions: ListenAddress;
  readonly enrolment: ListenAddress;
  readonly tls: ServerTls;
  readonly handlers: AgentHandlers;
  readonly blobs: BlobSource;
  /** Shown in Welcome. */
  readonly hubVersion: string;
  readonly limits?: Partial<AgentServerLimits>;
  /** Default: the real clock. */
  readonly timers?: Timers;
}

/** Defaults in `limits.ts`. */
export interface AgentServerLimits {
  readonly heartbeatIntervalMs: number;
  readonly leaseMs: number;
  /** From the call's start to Hello. */
  readonly helloDeadlineMs: number;
  readonly maxSessions: number;
  /** Bytes of compressed answers to Fetch that are kept for the next who asks for the same. */
  readonly fetchCacheBytes: number;
  /** Fetches of one session that may run at a time. */
  readonly maxFetchesPerSession: number;
  /** Attempts of one address at enrolment and renewal that fail: a burst, refilled over a minute. */
  readonly enrolmentsPerMinute: number;
  /** Open connections of one address at one listener; many clusters may sit behind one address. */
  readonly maxConnectionsPerAddress: number;
}

export interface AgentServer {
  readonly sessionsPort: number;
  readonly enrolmentPort: number;
  /** This process's live session of the cluster. */
  session(clusterId: string): HubSession | undefined;
  sessions(): IterableIterator<HubSession>;
  /** New connections see the new certificate and CAs; open ones go on. */
  setTls(tls: ServerTls): void;
  /** Says goodbye to all, waits for them to go at most `graceMs`, then ends what is left. */
  close(options: { readonly graceMs: number; readonly reconnectAfterMs: number }): Promise<void>;
}

/** What the rim noticed. */
export interface TransportProblem {
  readonly kind: 'handler-failed' | 'protocol-error' | 'rate-limited' | 'oversized' | 'blob-missing';
  readonly message: string;
  readonly clusterId?: string;
  readonly address?: string;
  readonly cause?: unknown;
}
