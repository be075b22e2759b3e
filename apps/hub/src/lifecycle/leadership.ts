import { Inject, Injectable } from '@nestjs/common';
import type { Store } from '@muster/store';
import type { Client } from 'pg';
import { LOGGER, type Logger, STORE } from '../tokens.ts';

/** The lock that whoever plans holds for as long as its connection lives ("mstl"). */
const leaderLock = 0x6d73746c;
const retryMs = 2_000;

/**
 * Which replica follows the fleet repo and plans. The lock only keeps replicas from doing the same work twice; that
 * two that believe to lead don't harm each other is ensured where plans are stored.
 */
@Injectable()
export class Leadership {
  readonly #store: Store;
  readonly #logger: Logger;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #leads = false;
  #isClosed = false;
  #listener: () => void = () => undefined;

  constructor(@Inject(STORE) store: Store, @Inject(LOGGER) logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** Hears that this replica now leads. */
  onGained(listener: () => void): void {
    this.#listener = listener;
  }

  /** Tries now, and goes on trying. */
  async campaign(): Promise<void> {
    if (this.#isClosed || this.#leads) return;
    try {
      const client = (this.#client ??= await this.#connect());
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        leaderLock,
      ]);
      this.#leads = rows[0]?.locked === true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the lock of the planner could not be asked for');
    }
    if (this.#leads) {
      this.#logger.debug('this replica plans');
      this.#listener();
    } else this.#retry();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#leads = false;
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const client = await this.#store.connect();
    client.on('error', (error) => this.#logger.warn({ err: error }, "the planner's connection broke"));
    client.once('end', () => {
      this.#client = undefined;
      this.#leads = false;
      this.#retry();
    });
    // Nothing is sent on it: the server, too, has to find out soon that this machine vanished, and let go of the lock.
    await client.query(
      'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
    );
    return client;
  }

  #retry(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.campaign(), retryMs);
    this.#timer.unref();
  }
}
