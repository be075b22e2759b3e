import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Store } from '@muster/store';
import type { Client } from 'pg';
import { LOGGER, type Logger, STORE } from '../tokens.ts';

/** What one replica tells the others; the tables say the rest. */
export type Wake =
  /** Something changed that desired states are made from. */
  | 'plan'
  /** The fleet repo should be looked at. */
  | 'git'
  /** New desired states are stored. */
  | 'desired'
  /** A cluster was removed. */
  | 'clusters'
  /** Agents are to be asked to check everything. */
  | 'sync';

const channel = 'muster';
const reconnectMs = 1_000;

/**
 * Wakes the other replicas of this hub over the database. It carries no content and may be lost: whoever relies on it
 * looks into the tables now and then anyway.
 */
@Injectable()
export class Bus {
  /** This process, among the replicas. */
  readonly replica: string = randomUUID();
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #listeners = new Map<Wake, () => void>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(@Inject(STORE) store: Store, @Inject(LOGGER) logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  on(wake: Wake, listener: () => void): void {
    this.#listeners.set(wake, listener);
  }

  async listen(): Promise<void> {
    if (this.#isClosed) return;
    const client = await this.#store.connect();
    this.#client = client;
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    client.on('error', (error) =>
      this.#logger.warn({ err: error }, 'the connection for notifications broke'),
    );
    client.once('end', () => this.#reconnect());
    await client.query(`listen ${channel}`);
  }

  /** Tells the other replicas. Never rejects: they notice by themselves, later. */
  async wake(wake: Wake): Promise<void> {
    try {
      await this.#store.sql.rows('select pg_notify($1, $2)', [channel, `${this.replica} ${wake}`]);
    } catch (error) {
      this.#logger.warn({ err: error, wake }, 'other replicas could not be woken');
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #heard(payload: string): void {
    const [sender, wake] = payload.split(' ');
    if (sender !== this.replica) this.#listeners.get(wake as Wake)?.();
  }

  /** Called for a connection that ended and for one that could not be made, which may be the same: it is made once. */
  #reconnect(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.listen().then(
        // What was said meanwhile was missed.
        () => this.#listeners.forEach((listener) => listener()),
        (error: unknown) => {
          this.#logger.warn({ err: error }, 'the connection for notifications could not be made');
          this.#reconnect();
        },
      );
    }, reconnectMs);
    this.#timer.unref();
  }
}
