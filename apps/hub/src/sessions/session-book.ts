import { Inject, Injectable } from '@nestjs/common';
import { SessionRepository, type OpenedSession, type SessionOpening } from '@muster/store';
import { LOGGER, type Logger } from '../tokens.ts';

interface Waiting {
  readonly opening: SessionOpening;
  readonly resolve: (opened: OpenedSession | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface End {
  readonly clusterId: string;
  readonly session: bigint;
  readonly lastSeen: number;
}

/**
 * Writes which sessions begin and end, many at a time: a hub that starts again gets all of its agents back within
 * seconds, and each needs its number before it may speak.
 */
@Injectable()
export class SessionBook {
  readonly #sessions: SessionRepository;
  readonly #logger: Logger;
  #openings: Waiting[] = [];
  #ends: End[] = [];
  #writing: Promise<void> | undefined;
  #replica = '';

  constructor(@Inject(SessionRepository) sessions: SessionRepository, @Inject(LOGGER) logger: Logger) {
    this.#sessions = sessions;
    this.#logger = logger;
  }

  /** Sessions are entered as this replica's. */
  as(replica: string): void {
    this.#replica = replica;
  }

  /** `undefined`: there is no such cluster, or it has another key or uid, or it was removed. */
  open(opening: SessionOpening): Promise<OpenedSession | undefined> {
    return new Promise((resolve, reject) => {
      this.#openings.push({ opening, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  close(end: End): void {
    this.#ends.push(end);
    this.#writing ??= this.#drain();
  }

  async idle(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#openings.length > 0 || this.#ends.length > 0) {
      await this.#writeOpenings();
      await this.#writeEnds();
    }
    this.#writing = undefined;
  }

  async #writeOpenings(): Promise<void> {
    // Two sessions of one cluster can't get their numbers from one statement: the later waits for the next.
    const now = new Map<string, Waiting>();
    const later: Waiting[] = [];
    for (const waiting of this.#openings) {
      if (now.has(waiting.opening.clusterId)) later.push(waiting);
      else now.set(waiting.opening.clusterId, waiting);
    }
    this.#openings = later;
    if (now.size === 0) return;
    try {
      const openings = [...now.values()].map((it) => it.opening);
      const opened = await this.#sessions.openSessions(this.#replica, openings);
      const byId = new Map(opened.map((it) => [it.clusterId, it]));
      for (const [clusterId, waiting] of now) waiting.resolve(byId.get(clusterId));
    } catch (error) {
      for (const waiting of now.values()) waiting.reject(error);
    }
  }

  async #writeEnds(): Promise<void> {
    const ends = this.#ends;
    this.#ends = [];
    if (ends.length === 0) return;
    try {
      await this.#sessions.closeSessions(ends);
    } catch (error) {
      // The replica's heartbeat, or the cluster's next session, sets it right.
      this.#logger.warn({ err: error, sessions: ends.length }, 'the end of sessions could not be written');
    }
  }
}
