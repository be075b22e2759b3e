import type { Sql } from '../sql.ts';

export interface Collected {
  readonly contents: number;
  readonly manifests: number;
  readonly objects: number;
}

/** History of commits and of events that is kept: of events what is young, and no more than so many. */
const keptRevisions = 1_000;
const keptEventDays = 90;
const keptEvents = 100_000;

/**
 * What nothing refers to any more. To be run by whoever plans, and not while it plans: what is marked here isn't
 * taken into use meanwhile.
 */
export class GarbageRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Marks what lost its last reference by `now`, and deletes what was marked before `deadline`. */
  async collect(now: Date, deadline: Date): Promise<Collected> {
    return this.#sql.transaction(async (sql) => {
      const contents = await markAndSweep(
        sql,
        'desired_contents',
        'exists (select 1 from desired_states d where d.content_digest = t.digest)',
        now,
        deadline,
      );
      const manifests = await markAndSweep(
        sql,
        'manifests',
        `exists (select 1 from bundles b where b.manifest_digest = t.digest)
         or exists (select 1 from assignments a where a.manifest_digest = t.digest)
         or exists (select 1 from assignment_statuses s where s.manifest_digest = t.digest)
         or exists (select 1 from desired_contents c where t.digest = any(c.manifest_digests))`,
        now,
        deadline,
      );
      await sql.rows(
        'delete from renderings r where not exists (select 1 from manifests m where m.digest = r.manifest_digest)',
      );
      await sql.rows(
        'delete from manifest_objects o where not exists (select 1 from manifests m where m.digest = o.manifest_digest)',
      );
      const objects = await sql.rows(
        `delete from objects t where not exists (select 1 from manifest_objects o where o.object_digest = t.digest)
         returning 1`,
      );
      await sql.rows('delete from join_tokens where expires_at < $1', [deadline]);
      await sql.rows(`delete from replicas where heartbeat_at < $1::timestamptz - interval '1 hour'`, [now]);
      await sql.rows(
        'delete from revisions where seq < (select seq from revisions order by seq desc offset $1 limit 1)',
        [keptRevisions],
      );
      await sql.rows(
        `delete from events where at < $1::timestamptz - make_interval(days => $2)
           or seq <= (select seq from events order by seq desc offset $3 limit 1)`,
        [now, keptEventDays, keptEvents],
      );
      return { contents, manifests, objects: objects.length };
    });
  }
}

async function markAndSweep(
  sql: Sql,
  table: 'desired_contents' | 'manifests',
  isReferenced: string,
  now: Date,
  deadline: Date,
): Promise<number> {
  await sql.rows(
    `update ${table} t set unreferenced_since = null where unreferenced_since is not null and (${isReferenced})`,
  );
  await sql.rows(
    `update ${table} t set unreferenced_since = $1 where unreferenced_since is null and not (${isReferenced})`,
    [now],
  );
  const swept = await sql.rows(`delete from ${table} where unreferenced_since < $1 returning 1`, [deadline]);
  return swept.length;
}
