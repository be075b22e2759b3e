import type { Sql } from '@muster/store';
import type { ApiLog, Topic } from './api-context.ts';
import type { ChangeFeed } from './change-feed.ts';

/** What a topic's rows amount to: when one of a topic's texts differs, the topic has changed. */
interface Fingerprint {
  readonly clusters: string;
  readonly bundles: string;
  readonly revisions: string;
  readonly assignments: string;
  readonly statuses: string;
}

/** What is to be read again when a part of the fingerprint differs. */
const topicsOf: Readonly<Record<keyof Fingerprint, readonly Topic[]>> = {
  clusters: ['clusters', 'assignments', 'bundles', 'objects', 'status'],
  bundles: ['bundles', 'objects', 'status'],
  revisions: ['revisions', 'status'],
  assignments: ['clusters', 'bundles', 'assignments', 'objects', 'status'],
  statuses: ['clusters', 'bundles', 'assignments', 'objects', 'status'],
};

/**
 * Aggregates of what each write leaves behind, whichever replica wrote. `xmin` tells of any update of the small
 * tables; the large one of statuses has the time of its latest report.
 */
const fingerprintStatement = `select
  (select concat_ws('/', count(*), sum(c.xmin::text::bigint),
     count(*) filter (where session_replica is not null and r.heartbeat_at > now() - make_interval(secs => $1)),
     count(*) filter (where last_seen > now() - make_interval(secs => $1)))
   from clusters c left join (select id, heartbeat_at from replicas) r on r.id = c.session_replica
   where removed_at is null) as clusters,
  (select concat_ws('/', count(*), sum(xmin::text::bigint)) from bundles) as bundles,
  (select concat_ws('/', count(*), sum(xmin::text::bigint), (select concat_ws('/', head, error) from repo)) from revisions)
    as revisions,
  (select concat_ws('/', plan_seq, epoch, (select concat_ws('/', count(*), max(since)) from pauses)) from hub)
    as assignments,
  (select concat_ws('/', count(*), max(received_at)) from assignment_statuses) as statuses`;

export interface ChangeWatchOptions {
  readonly sql: Sql;
  readonly leaseMs: number;
  readonly feed: ChangeFeed;
  readonly log: ApiLog;
}

/**
 * Looks whether something changed that nobody here said: what other replicas wrote, and clusters whose lease ran out.
 * Each look is one statement, taken only while someone listens.
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  #former: Fingerprint | undefined;
  #looking = false;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { sql, leaseMs, feed, log } = this.#options;
    if (!feed.isHeard) this.#former = undefined;
    if (!feed.isHeard || this.#looking) return;
    this.#looking = true;
    try {
      const found = await sql.first<Fingerprint>(fingerprintStatement, [leaseMs / 1_000]);
      const topics = this.#former && found ? changedTopics(this.#former, found) : [];
      this.#former = found;
      if (topics.length > 0) feed.changed(topics);
    } catch (error) {
      log.warn({ err: error }, 'Could not look for changes; trying again.');
    } finally {
      this.#looking = false;
    }
  }
}

export function changedTopics(former: Fingerprint, found: Fingerprint): readonly Topic[] {
  const parts = Object.keys(topicsOf) as (keyof Fingerprint)[];
  return [...new Set(parts.filter((part) => former[part] !== found[part]).flatMap((part) => topicsOf[part]))];
}
