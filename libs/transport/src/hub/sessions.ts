import { status } from '@grpc/grpc-js';
import { Goodbye_Reason } from '@muster/contracts';
import type { AgentHandlers, AgentServerLimits, TransportProblem } from '../port.ts';
import { encodeResponse } from '../shared/wire.ts';
import type { Timers } from '../shared/timers.ts';
import type { LiveSession } from './session.ts';

/** How often all sessions are looked at: one timer for all of them, none for each. */
const TICK_MS = 1_000;
/** Whoever was replaced comes back after this, so that two agents of one identity don't chase each other. */
const REPLACED_RECONNECT_MS = 15_000;
/** How long a farewell may wait for an agent that doesn't read. */
const FAREWELL_MS = 5_000;

export interface SessionsOptions {
  readonly limits: AgentServerLimits;
  readonly timers: Timers;
  readonly handlers: Pick<AgentHandlers, 'certificateExpiry'>;
  readonly problem: (problem: TransportProblem) => void;
  /** Cuts a peer's connection. */
  readonly cut: (address: string) => void;
}

/** This process's live sessions: one per cluster. Keeps their leases and heartbeats. */
export class Sessions {
  readonly #live = new Map<string, LiveSession>();
  /** Ended, but the agent did not take the farewell yet. */
  readonly #leaving = new Set<LiveSession>();
  readonly #options: SessionsOptions;
  readonly #stop: () => void;
  #beats = 0n;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#stop = options.timers.every(TICK_MS, () => this.#tick());
  }

  get(clusterId: string): LiveSession | undefined {
    return this.#live.get(clusterId);
  }

  all(): IterableIterator<LiveSession> {
    return this.#live.values();
  }

  get size(): number {
    return this.#live.size;
  }

  hasRoomFor(clusterId: string): boolean {
    return this.#live.size < this.#options.limits.maxSessions || this.#live.has(clusterId);
  }

  /** The newer session of a cluster, by the hub's number, ends the older. */
  add(session: LiveSession): void {
    const present = this.#live.get(session.peer.clusterId);
    const isNewer = present === undefined || session.session > present.session;
    if (isNewer) this.#live.set(session.peer.clusterId, session);
    (isNewer ? present : session)?.goodbye(
      {
        reason: Goodbye_Reason.REASON_REPLACED,
        reconnectAfterMs: REPLACED_RECONNECT_MS,
        message: 'a newer session of this cluster was opened',
      },
      { cause: 'replaced' },
    );
  }

  remove(session: LiveSession): void {
    if (this.#live.get(session.peer.clusterId) === session) this.#live.delete(session.peer.clusterId);
    this.#leaving.add(session);
  }

  /** Ends all, with a farewell. */
  goodbye(reconnectAfterMs: number): void {
    for (const session of [...this.#live.values()]) {
      session.goodbye({
        reason: Goodbye_Reason.REASON_SHUTTING_DOWN,
        reconnectAfterMs,
        message: 'the hub is shutting down',
      });
    }
  }

  stop(): void {
    this.#stop();
  }

  #tick(): void {
    const { timers, limits } = this.#options;
    const now = timers.now();
    this.#cutWhoDoesNotLeave(now);
    let frame: Buffer | undefined;
    for (const session of this.#live.values()) {
      if (!session.handling && now - session.lastHeard > limits.leaseMs) {
        session.fail(status.DEADLINE_EXCEEDED, 'the agent was silent for its lease', { cause: 'silent' });
      } else if (session.isWriting && now - session.lastSent > 2 * limits.leaseMs) {
        session.fail(status.DEADLINE_EXCEEDED, 'the agent does not read', { cause: 'silent' });
      } else if (now >= session.validUntil) {
        void this.#checkExpiry(session);
      } else if (!session.isWriting && now - session.lastSent >= limits.heartbeatIntervalMs) {
        frame ??= encodeResponse({ message: { $case: 'heartbeat', value: { count: ++this.#beats } } });
        session.heartbeat(frame);
      }
    }
  }

  /** An ended session whose agent doesn't read would keep its last message: its connection goes. */
  #cutWhoDoesNotLeave(now: number): void {
    for (const session of this.#leaving) {
      if (session.isWriting && now - session.lastSent < FAREWELL_MS) continue;
      if (session.isWriting) this.#options.cut(session.peer.address);
      this.#leaving.delete(session);
    }
  }

  /** A session outlives its certificate when that was renewed, on whichever replica. */
  async #checkExpiry(session: LiveSession): Promise<void> {
    session.validUntil = Infinity;
    const { handlers, timers, problem, limits } = this.#options;
    try {
      const renewed = (await handlers.certificateExpiry(session.peer)) ?? 0;
      if (renewed > timers.now()) session.validUntil = renewed;
      else session.fail(status.UNAUTHENTICATED, 'the certificate ran out', { cause: 'certificate-expired' });
    } catch (cause) {
      session.validUntil = timers.now() + limits.leaseMs;
      problem({ kind: 'handler-failed', message: "a certificate's expiry couldn't be looked up", cause });
    }
  }
}
