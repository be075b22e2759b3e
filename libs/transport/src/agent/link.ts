import type { Facts } from '@muster/contracts';
import type { AgentLink, FetchedBlob, LinkOptions, ReportUpdate } from '../agent-port.ts';
import { systemTimers } from '../shared/timers.ts';
import type { Timers } from '../shared/timers.ts';
import { backoffMs, reconnectAfterMs } from './backoff.ts';
import { fetchBlobs, noSession } from './fetch.ts';
import { ReportBook } from './report-book.ts';
import { AgentSession } from './session.ts';
import type { SessionOutcome } from './session.ts';

/** A session that lived so long ends a row of failures. */
const STEADY_MS = 10_000;

/** Opens an agent's line to its hub and keeps it open until it is closed or the cluster removed. */
export function connectSession(options: LinkOptions): AgentLink {
  return new Link(options);
}

class Link implements AgentLink {
  readonly #options: LinkOptions;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #book: ReportBook;
  #session: AgentSession | undefined;
  #closed = false;
  #failures = 0;
  #hurry = false;
  #wake: () => void = () => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#book = new ReportBook((bundle) => options.handlers.onGoneAcknowledged?.(bundle));
    this.#timers = options.timers ?? systemTimers;
    this.#random = options.random ?? Math.random;
    void this.#run();
  }

  get connected(): boolean {
    return this.#session?.welcome !== undefined;
  }

  report(update: ReportUpdate): void {
    this.#book.update(update);
    this.#session?.wakeReports();
  }

  facts(facts: Facts): void {
    this.#session?.facts(facts);
  }

  async *fetch(
    digests: readonly string[],
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<FetchedBlob> {
    const session = this.#session;
    if (session?.welcome === undefined) throw noSession();
    yield* fetchBlobs(session.client, digests, options.signal);
  }

  reconnect(): void {
    this.#hurry = true;
    this.#session?.end('reconnecting');
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#session?.end('closed');
    this.#wake();
  }

  async #run(): Promise<void> {
    // Whoever made the link gets it before its handlers are called.
    await Promise.resolve();
    while (!this.#closed) {
      const began = this.#timers.now();
      const outcome = await this.#runSession();
      if (this.#closed) return;
      if (outcome.end === 'removed') {
        this.#closed = true;
        this.#options.handlers.onRemoved(outcome.reason);
        return;
      }
      await this.#waitAfter(outcome, this.#timers.now() - began >= STEADY_MS);
    }
  }

  async #runSession(): Promise<SessionOutcome> {
    try {
      this.#session = new AgentSession(this.#options, this.#timers, this.#book);
      return await this.#session.run();
    } catch (error) {
      // The identity or the address can't be used: as bad as a hub that is away, and as passing.
      return { end: 'lost', message: error instanceof Error ? error.message : 'the session could not begin' };
    }
  }

  async #waitAfter(outcome: Exclude<SessionOutcome, { end: 'removed' }>, wasSteady: boolean): Promise<void> {
    const wasConnected = this.connected;
    this.#session = undefined;
    if (wasSteady && wasConnected) this.#failures = 0;
    const random = this.#random();
    const backoff = backoffMs(this.#failures++, random);
    const asked = outcome.end === 'goodbye' ? reconnectAfterMs(outcome.reconnectAfterMs, random) : 0;
    const retryInMs = this.#hurry ? 0 : Math.max(backoff, asked);
    this.#hurry = false;
    const code = outcome.end === 'lost' ? outcome.code : undefined;
    this.#options.handlers.onDisconnected?.({ reason: outcome.message, retryInMs, wasConnected, code });
    if (!this.#closed) await this.#sleep(retryInMs);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
