import { status } from '@grpc/grpc-js';
import type { ConnectRequest, Hello } from '@muster/contracts';
import { Goodbye_Reason } from '@muster/contracts';
import type { AgentHandlers, AgentServerLimits, ConnectDecision, Peer, TransportProblem } from '../port.ts';
import { ProtocolError } from '../shared/errors.ts';
import type { Timers } from '../shared/timers.ts';
import { checkFacts, checkHello, checkReport } from './checks.ts';
import { decodeRequest } from './decode.ts';
import { MessageReader } from './message-reader.ts';
import { peerOf } from './peer.ts';
import { RateLimit } from './rate-limit.ts';
import { LiveSession } from './session.ts';
import type { SessionCall } from './session.ts';
import type { Sessions } from './sessions.ts';

const CONNECTS_PER_MINUTE = 60;

type Accepted = Extract<ConnectDecision, { decision: 'accept' }>;

export interface SessionServiceOptions {
  readonly handlers: AgentHandlers;
  readonly sessions: Sessions;
  readonly limits: AgentServerLimits;
  readonly timers: Timers;
  readonly hubVersion: string;
  readonly problem: (problem: TransportProblem) => void;
}

/** Serves `Connect`: from Hello to the end of one agent's session. */
export class SessionService {
  readonly #options: SessionServiceOptions;
  /** By cluster: one that is removed, or whose agents fight, must not cost the others. */
  readonly #connects: RateLimit;

  constructor(options: SessionServiceOptions) {
    this.#options = options;
    this.#connects = new RateLimit(CONNECTS_PER_MINUTE, () => options.timers.now());
  }

  readonly connect = (call: SessionCall): void => {
    const peer = peerOf(call);
    if (peer === undefined || peer.certificateNotAfter <= this.#options.timers.now()) {
      refuse(call, status.UNAUTHENTICATED, "the client certificate is not a cluster's, or ran out");
      return;
    }
    if (!this.#connects.take(peer.clusterId)) {
      this.#options.problem({
        kind: 'rate-limited',
        message: 'a cluster connects too often',
        ...whoIs(peer),
      });
      refuse(call, status.RESOURCE_EXHAUSTED, 'this cluster connects too often: wait a minute');
      return;
    }
    this.#serve(call, peer).catch((error: unknown) => {
      this.#options.problem({
        kind: 'handler-failed',
        message: 'a session failed',
        cause: error,
        ...whoIs(peer),
      });
      refuse(call, status.INTERNAL, 'the hub failed');
    });
  };

  async #serve(call: SessionCall, peer: Peer): Promise<void> {
    const messages = new MessageReader<Buffer>(call);
    const hello = await this.#hello(call, messages, peer);
    if (hello === undefined) return;
    const decision = await this.#options.handlers.connect(peer, hello);
    const session = this.#answer(call, peer, hello, decision);
    if (session !== undefined) await this.#listen(session, messages);
  }

  /** The first message, within its deadline. */
  async #hello(call: SessionCall, messages: MessageReader<Buffer>, peer: Peer): Promise<Hello | undefined> {
    const cancel = this.#options.timers.after(this.#options.limits.helloDeadlineMs, () =>
      refuse(call, status.DEADLINE_EXCEEDED, 'no Hello came in time'),
    );
    try {
      const first = await messages.next();
      if (first === undefined) {
        if (!call.destroyed && !call.writableEnded) call.end();
        return undefined;
      }
      const { message } = decodeRequest(first);
      if (message?.$case !== 'hello') throw new ProtocolError('the first message is not Hello');
      checkHello(message.value);
      return message.value;
    } catch (error) {
      this.#refuseFor(call, peer, error);
      return undefined;
    } finally {
      cancel();
    }
  }

  #answer(call: SessionCall, peer: Peer, hello: Hello, decision: ConnectDecision): LiveSession | undefined {
    if (decision.decision === 'accept') return this.#accept(call, peer, hello, decision);
    if (isGone(call)) return undefined;
    if (decision.decision === 'removed') {
      call.write({ message: { $case: 'removed', value: { reason: decision.reason } } }, () => call.end());
      return undefined;
    }
    const { message, reconnectAfterMs } = decision;
    const value = { reason: Goodbye_Reason.REASON_UNSPECIFIED, reconnectAfterMs, message };
    call.write({ message: { $case: 'goodbye', value } }, () => call.end());
    return undefined;
  }

  /** Opens what the hub accepted, also when it ends at once: the hub counts it as open until it hears of the end. */
  #accept(call: SessionCall, peer: Peer, hello: Hello, decision: Accepted): LiveSession | undefined {
    const { sessions, limits, timers } = this.#options;
    const session = new LiveSession({
      call,
      peer,
      hello,
      session: decision.welcome.session,
      now: () => timers.now(),
      onEnd: (ended) => sessions.remove(ended),
    });
    const leave = () => session.callEnded('the agent or its connection went away');
    call.on('cancelled', leave);
    const hasRoom = sessions.hasRoomFor(peer.clusterId);
    if (hasRoom && !isGone(call)) {
      call.write({
        message: {
          $case: 'welcome',
          value: {
            ...decision.welcome,
            heartbeatIntervalMs: limits.heartbeatIntervalMs,
            leaseMs: limits.leaseMs,
            hubVersion: this.#options.hubVersion,
          },
        },
      });
    }
    try {
      session.handlers = decision.open(session);
    } catch (error) {
      session.close();
      throw error;
    }
    if (isGone(call)) leave();
    else if (!hasRoom) {
      session.goodbye({
        reason: Goodbye_Reason.REASON_UNSPECIFIED,
        reconnectAfterMs: limits.leaseMs,
        message: 'this hub has all the sessions it takes',
      });
    } else sessions.add(session);
    return session.ended ? undefined : session;
  }

  /** Reads the agent, one message after the other: the next when the handler is done with the last. */
  async #listen(session: LiveSession, messages: MessageReader<Buffer>): Promise<void> {
    try {
      for (let next = await messages.next(); next !== undefined; next = await messages.next()) {
        if (session.ended) return;
        session.lastHeard = this.#options.timers.now();
        await this.#handle(session, decodeRequest(next));
        session.lastHeard = this.#options.timers.now();
      }
      session.callEnded('the agent ended the session');
    } catch (error) {
      this.#failed(session, error);
    }
  }

  async #handle(session: LiveSession, { message }: ConnectRequest): Promise<void> {
    session.handling = true;
    try {
      switch (message?.$case) {
        case 'report':
          checkReport(message.value);
          return await session.handlers?.onReport(message.value);
        case 'facts':
          checkFacts(message.value);
          return await session.handlers?.onFacts(message.value);
        case 'responseChunk':
          return session.requests.chunk(message.value);
        case 'responseEnd':
          return session.requests.end(message.value);
        case 'hello':
          throw new ProtocolError('a second Hello');
        case 'heartbeat':
        // A newer agent may say what this hub doesn't know: that harms nothing.
        case undefined:
          return;
      }
    } finally {
      session.handling = false;
    }
  }

  #failed(session: LiveSession, error: unknown): void {
    if (session.ended) return;
    if (error instanceof ProtocolError) {
      this.#options.problem({ kind: 'protocol-error', message: error.message, ...whoIs(session.peer) });
      session.fail(status.INVALID_ARGUMENT, error.message, {
        cause: 'protocol-error',
        message: error.message,
      });
      return;
    }
    this.#options.problem({
      kind: 'handler-failed',
      message: "what an agent said couldn't be handled",
      cause: error,
      ...whoIs(session.peer),
    });
    session.fail(status.INTERNAL, 'the hub failed', { cause: 'hub-closed' });
  }

  #refuseFor(call: SessionCall, peer: Peer, error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.#options.problem({ kind: 'protocol-error', message: error.message, ...whoIs(peer) });
    refuse(call, status.INVALID_ARGUMENT, error.message);
  }
}

function isGone(call: SessionCall): boolean {
  return call.destroyed || call.cancelled;
}

function refuse(call: SessionCall, code: number, details: string): void {
  if (!call.destroyed && !call.writableEnded) call.emit('error', { code, details });
}

function whoIs(peer: Peer): { readonly clusterId: string; readonly address: string } {
  return { clusterId: peer.clusterId, address: peer.address };
}
