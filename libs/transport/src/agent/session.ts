import type { ClientDuplexStream } from '@grpc/grpc-js';
import { SessionServiceClient } from '@muster/contracts';
import type { ConnectRequest, ConnectResponse, Facts, Welcome } from '@muster/contracts';
import type { LinkOptions } from '../agent-port.ts';
import { AnnouncementAssembler } from '../shared/announcement.ts';
import { grpcStatusOf, ProtocolError } from '../shared/errors.ts';
import { MAX_SESSION_MESSAGE_BYTES } from '../shared/limits.ts';
import type { Timers } from '../shared/timers.ts';
import { Answers } from './answers.ts';
import { channelOptions, identityCredentials } from './channel.ts';
import type { ReportBook } from './report-book.ts';

/** From dialling to Welcome. */
const WELCOME_DEADLINE_MS = 20_000;

export type SessionOutcome =
  | { readonly end: 'removed'; readonly reason: string }
  | { readonly end: 'goodbye'; readonly message: string; readonly reconnectAfterMs: number }
  | { readonly end: 'lost'; readonly message: string; readonly code?: number };

/** One session of an agent, from dialling to its end. */
export class AgentSession {
  readonly client: SessionServiceClient;
  welcome: Welcome | undefined;
  readonly #options: LinkOptions;
  readonly #timers: Timers;
  readonly #book: ReportBook;
  readonly #call: ClientDuplexStream<ConnectRequest, ConnectResponse>;
  readonly #assembler = new AnnouncementAssembler();
  readonly #answers: Answers;
  #lastHeard: number;
  #lastSent: number;
  #heartbeats = 0n;
  #facts: Facts | undefined;
  #isReporting = false;
  #why: string | undefined;
  #stopTimer: () => void;

  constructor(options: LinkOptions, timers: Timers, book: ReportBook) {
    this.#options = options;
    this.#timers = timers;
    this.#book = book;
    this.#lastHeard = this.#lastSent = timers.now();
    this.#answers = new Answers(
      (request, context) => options.handlers.onRequest(request, context),
      (message) => this.#send(message),
    );
    const address = options.address();
    const credentials = identityCredentials(options.identity());
    this.client = new SessionServiceClient(
      address,
      credentials,
      channelOptions(address, MAX_SESSION_MESSAGE_BYTES),
    );
    this.#call = this.client.connect();
    // Told by the loop that reads; but an error may come after that has ended.
    this.#call.on('error', () => undefined);
    this.#stopTimer = timers.after(WELCOME_DEADLINE_MS, () => this.end('the hub did not answer in time'));
  }

  /** Lasts as long as the session. Never rejects. */
  async run(): Promise<SessionOutcome> {
    try {
      void this.#send({ message: { $case: 'hello', value: this.#options.hello() } });
      for await (const { message } of this.#call as AsyncIterable<ConnectResponse>) {
        this.#lastHeard = this.#timers.now();
        const outcome = this.#handle(message);
        if (outcome !== undefined) return outcome;
      }
      return { end: 'lost', message: this.#why ?? 'the hub ended the session' };
    } catch (error) {
      if (error instanceof ProtocolError) return { end: 'lost', message: error.message };
      const { code, details } = grpcStatusOf(error);
      return { end: 'lost', message: this.#why ?? details, code };
    } finally {
      this.#stopTimer();
      this.#answers.cancelAll();
      this.#call.cancel();
      this.client.close();
    }
  }

  /** Ends it, for this reason. */
  end(why: string): void {
    this.#why ??= why;
    this.#call.cancel();
  }

  /** There may be something to report. */
  wakeReports(): void {
    if (this.welcome === undefined || this.#isReporting) return;
    const report = this.#book.take();
    if (report === undefined) return;
    this.#isReporting = true;
    void this.#send({ message: { $case: 'report', value: report } }).then(() => {
      this.#isReporting = false;
      this.wakeReports();
    });
  }

  /** The newest facts win while the hub doesn't read. */
  facts(facts: Facts): void {
    const isSending = this.#facts !== undefined;
    this.#facts = facts;
    if (!isSending && this.welcome !== undefined) void this.#sendFacts();
  }

  #handle(message: ConnectResponse['message']): SessionOutcome | undefined {
    switch (message?.$case) {
      case 'welcome':
        this.#begin(message.value);
        return undefined;
      case 'announcement': {
        const state = this.#assembler.add(message.value);
        if (state !== undefined) this.#options.handlers.onDesiredState(state);
        return undefined;
      }
      case 'reportAck':
        this.#book.acknowledged(message.value.sequence);
        this.wakeReports();
        return undefined;
      case 'request':
        this.#answers.begin(message.value);
        return undefined;
      case 'responseCredit':
        this.#answers.credit(message.value.id, message.value.chunks);
        return undefined;
      case 'requestCancel':
        this.#answers.cancel(message.value.id);
        return undefined;
      case 'removed':
        return { end: 'removed', reason: message.value.reason };
      case 'goodbye': {
        const { message: text, reconnectAfterMs } = message.value;
        return { end: 'goodbye', message: text, reconnectAfterMs };
      }
      case 'heartbeat':
      // A newer hub may say what this agent doesn't know: that harms nothing.
      case undefined:
        return undefined;
    }
  }

  #begin(welcome: Welcome): void {
    if (this.welcome !== undefined) throw new ProtocolError('a second Welcome');
    this.welcome = welcome;
    const intervalMs = clamp(welcome.heartbeatIntervalMs, 1_000, 60_000);
    const leaseMs = clamp(welcome.leaseMs, 2 * intervalMs, 600_000);
    this.#stopTimer();
    this.#stopTimer = this.#timers.every(intervalMs / 2, () => this.#beat(intervalMs, leaseMs));
    this.#book.begin();
    this.#options.handlers.onConnected?.(welcome);
    this.wakeReports();
    if (this.#facts !== undefined) void this.#sendFacts();
  }

  #beat(intervalMs: number, leaseMs: number): void {
    const now = this.#timers.now();
    if (now - this.#lastHeard > leaseMs) {
      this.end('the hub was silent for its lease');
    } else if (now - this.#lastSent >= intervalMs - 1) {
      void this.#send({ message: { $case: 'heartbeat', value: { count: ++this.#heartbeats } } });
    }
  }

  async #sendFacts(): Promise<void> {
    for (let facts = this.#facts; facts !== undefined;) {
      await this.#send({ message: { $case: 'facts', value: facts } });
      const newer: Facts | undefined = this.#facts;
      if (newer === facts) this.#facts = undefined;
      facts = this.#facts;
    }
  }

  /** Resolves when the stream took it, and also when the stream is over. */
  #send(message: ConnectRequest): Promise<void> {
    this.#lastSent = this.#timers.now();
    return new Promise((resolve) => {
      if (this.#call.destroyed || this.#call.writableEnded) resolve();
      else this.#call.write(message, () => resolve());
    });
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
