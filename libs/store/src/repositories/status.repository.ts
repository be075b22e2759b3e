import { jsonParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

/** What an agent said of one assignment. Numbers that may pass 2^53 are text. */
export interface StatusRow {
  readonly cluster_id: string;
  readonly bundle: string;
  readonly session: string;
  readonly sequence: string;
  readonly manifest_digest: string;
  readonly epoch: string;
  readonly generation: string;
  readonly sync: string;
  readonly health: string;
  readonly reason: string;
  readonly message: string;
  readonly objects: readonly unknown[] | null;
  readonly object_count: number;
  readonly object_problem_count: number;
  readonly warnings: readonly string[];
  /** ms since the epoch. */
  readonly observed_at: number;
}

export interface StatusBatch {
  /** At most one of each cluster and bundle. */
  readonly statuses: readonly StatusRow[];
  readonly gone: readonly {
    readonly cluster_id: string;
    readonly session: string;
    readonly bundle: string;
  }[];
  /** Clusters whose session has now reported everything: what it didn't mention is forgotten. */
  readonly complete: readonly { readonly cluster_id: string; readonly session: string }[];
  readonly applied: readonly {
    readonly cluster_id: string;
    readonly session: string;
    readonly epoch: string;
    readonly generation: string;
  }[];
  /** Of which clusters say that nothing remains. */
  readonly emptied: StatusBatch['applied'];
}

const statusColumns = `cluster_id uuid, bundle text, session bigint, sequence bigint, manifest_digest text, epoch bigint,
  generation bigint, sync text, health text, reason text, message text, objects jsonb, object_count integer,
  object_problem_count integer, warnings text[], observed_at double precision`;

/** What agents report, written for all sessions at a time. */
export class StatusRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** One transaction. What comes from a session that another has replaced changes nothing. */
  async write(batch: StatusBatch): Promise<void> {
    await this.#sql.transaction(async (sql) => {
      if (batch.statuses.length > 0) await writeStatuses(sql, batch.statuses);
      if (batch.gone.length > 0) {
        await sql.rows(
          `delete from assignment_statuses s
           using jsonb_to_recordset($1) as g(cluster_id uuid, session bigint, bundle text), clusters c
           where s.cluster_id = g.cluster_id and s.bundle = g.bundle and c.id = g.cluster_id and c.session = g.session`,
          [jsonParameter(batch.gone)],
        );
      }
      if (batch.complete.length > 0) {
        await sql.rows(
          `delete from assignment_statuses s
           using jsonb_to_recordset($1) as d(cluster_id uuid, session bigint), clusters c
           where s.cluster_id = d.cluster_id and s.session < d.session and c.id = d.cluster_id and c.session = d.session`,
          [jsonParameter(batch.complete)],
        );
      }
      if (batch.emptied.length > 0) {
        await sql.rows(
          `update clusters c set emptied_epoch = e.epoch, emptied_generation = e.generation
           from jsonb_to_recordset($1) as e(cluster_id uuid, session bigint, epoch bigint, generation bigint)
           where c.id = e.cluster_id and c.session = e.session
             and (c.emptied_epoch, c.emptied_generation) is distinct from (e.epoch, e.generation)`,
          [jsonParameter(batch.emptied)],
        );
      }
      if (batch.applied.length > 0) {
        await sql.rows(
          `update clusters c set applied_epoch = a.epoch, applied_generation = a.generation
           from jsonb_to_recordset($1) as a(cluster_id uuid, session bigint, epoch bigint, generation bigint)
           where c.id = a.cluster_id and c.session = a.session
             and (c.applied_epoch, c.applied_generation) is distinct from (a.epoch, a.generation)`,
          [jsonParameter(batch.applied)],
        );
      }
    });
  }
}

async function writeStatuses(sql: Sql, statuses: readonly StatusRow[]): Promise<void> {
  await sql.rows(
    `insert into assignment_statuses as s (cluster_id, bundle, session, sequence, manifest_digest, epoch, generation, sync,
       health, reason, message, objects, object_count, object_problem_count, warnings, observed_at, received_at)
     select n.cluster_id, n.bundle, n.session, n.sequence, n.manifest_digest, n.epoch, n.generation, n.sync, n.health,
       n.reason, n.message, n.objects, n.object_count, n.object_problem_count, n.warnings,
       to_timestamp(n.observed_at / 1000), now()
     from jsonb_to_recordset($1) as n(${statusColumns})
     join clusters c on c.id = n.cluster_id and c.session = n.session and c.removed_at is null
     on conflict (cluster_id, bundle) do update set session = excluded.session, sequence = excluded.sequence,
       manifest_digest = excluded.manifest_digest, epoch = excluded.epoch, generation = excluded.generation,
       sync = excluded.sync, health = excluded.health, reason = excluded.reason, message = excluded.message,
       objects = excluded.objects, object_count = excluded.object_count,
       object_problem_count = excluded.object_problem_count, warnings = excluded.warnings,
       observed_at = excluded.observed_at, received_at = excluded.received_at
     where (s.session, s.sequence) <= (excluded.session, excluded.sequence)`,
    [jsonParameter(statuses)],
  );
}
