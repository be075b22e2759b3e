import { status } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ConnectResponse, Goodbye, Hello } from '@muster/contracts';
import type {
  AgentRequest,
  DesiredStateBytes,
  HubSession,
  Peer,
  RequestOptions,
  SessionEnd,
  SessionHandlers,
} from '../port.ts';
import type { Encoded } from '../shared/wire.ts';
import { OpenRequests } from './open-requests.ts';
import { Outbox } from './outbox.ts';

export type SessionCall = ServerDuplexStream<Buffer, Encoded<ConnectResponse>>;

/**
 * One agent's stream at the hub. Writes one message at a time and the next when the agent's side took it, so that an
 * agent that doesn't read holds one message, not a queue.
 */
export class LiveSession implements HubSession {
  readonly peer: Peer;
  readonly session: bigint;
  readonly hello: Hello;
  handlers: SessionHandlers | undefined;
  lastHeard: number;
  lastSent: number;
  /** While a handler works we don't read: the silence is ours. */
  handling = false;
  fetches = 0;
  /** When the certificate, as far as we know, runs out. */
  validUntil: number;
  readonly #call: SessionCall;
  readonly #now: () => number;
  readonly #onEnd: (session: LiveSession) => void;
  readonly #outbox = new Outbox();
  readonly #requests = new OpenRequests((message) => this.#ask(message));
  readonly #aborted = new AbortController();
  #writing = false;
  #ended = false;

  constructor(options: {
    readonly call: SessionCall;
    readonly peer: Peer;
    readonly session: bigint;
    readonly hello: Hello;
    readonly now: () => number;
    readonly onEnd: (session: LiveSession) => void;
  }) {
    this.#call = options.call;
    this.peer = options.peer;
    this.session = options.session;
    this.hello = options.hello;
    this.#now = options.now;
    this.#onEnd = options.onEnd;
    this.lastHeard = this.lastSent = options.now();
    this.validUntil = options.peer.certificateNotAfter;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Aborts when the session ends: fetches end with it. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  get requests(): OpenRequests {
    return this.#requests;
  }

  /** Whether a message waits for the agent to read. */
  get isWriting(): boolean {
    return this.#writing;
  }

  announce(state: DesiredStateBytes): void {
    this.#outbox.announce(state);
    this.#pump();
  }

  acknowledge(sequence: bigint): void {
    this.#outbox.acknowledge(sequence);
    this.#pump();
  }

  request(request: AgentRequest, options: RequestOptions = {}): AsyncIterable<Uint8Array> {
    return this.#requests.ask(request, options);
  }

  heartbeat(frame: Buffer): void {
    this.#outbox.heartbeat(frame);
    this.#pump();
  }

  removed(reason: string): void {
    this.#sayLast({ message: { $case: 'removed', value: { reason } } }, { cause: 'hub-closed' });
  }

  goodbye(goodbye: Goodbye, end: SessionEnd = { cause: 'hub-closed' }): void {
    this.#sayLast({ message: { $case: 'goodbye', value: goodbye } }, end);
  }

  close(): void {
    this.fail(status.CANCELLED, 'the hub closed the session', { cause: 'hub-closed' });
  }

  /** Ends the call with an error status. */
  fail(code: number, details: string, end: SessionEnd): void {
    if (!this.#finish(end)) return;
    this.#call.emit('error', { code, details });
  }

  /** The call is over: by the agent, the network, or because we ended it. */
  callEnded(message: string): void {
    if (this.#finish({ cause: 'agent-left', message })) this.#call.end();
  }

  #ask(message: ConnectResponse): void {
    if (this.#ended) {
      this.#requests.failAll('the session has ended');
      return;
    }
    this.#outbox.question(message);
    this.#pump();
  }

  #sayLast(message: ConnectResponse, end: SessionEnd): void {
    if (this.#ended) return;
    this.#outbox.last(message);
    this.#pump();
    this.#finish(end);
  }

  #finish(end: SessionEnd): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#requests.failAll('the session has ended');
    this.#aborted.abort();
    this.#onEnd(this);
    this.handlers?.onEnd(end);
    return true;
  }

  #pump(): void {
    if (this.#writing || this.#call.destroyed || this.#call.writableEnded) return;
    const next = this.#ended ? this.#takeLast() : this.#outbox.take();
    if (next === undefined) return;
    this.#writing = true;
    this.lastSent = this.#now();
    this.#call.write(next.message, () => {
      this.#writing = false;
      if (next.final) this.#call.end();
      else this.#pump();
    });
  }

  /** Of an ended session only its farewell is still sent. */
  #takeLast() {
    const next = this.#outbox.take();
    return next?.final === true ? next : undefined;
  }
}
