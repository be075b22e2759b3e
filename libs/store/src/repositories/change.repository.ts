import { jsonParameter, textParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface PauseRecord {
  readonly scope: 'All' | 'Bundle' | 'Cluster';
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly since: Date;
}

export interface NewEvent {
  readonly by: string;
  readonly kind: string;
  readonly message: string;
  /** What it is about, by name. */
  readonly cluster?: string;
  readonly bundle?: string;
}

/** What people ask of the fleet: pauses, consents; and the record of who asked. */
export class ChangeRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async pauses(): Promise<PauseRecord[]> {
    return this.#sql.rows<PauseRecord>(
      'select scope, name, reason, by, since from pauses order by scope, name',
    );
  }

  /** Pauses that stand already keep their reason and time. */
  async pause(
    scope: PauseRecord['scope'],
    names: readonly string[],
    reason: string,
    by: string,
  ): Promise<PauseRecord[]> {
    await this.#sql.rows(
      `insert into pauses (scope, name, reason, by, since)
       select $1, n, $3, $4, date_trunc('milliseconds', now()) from unnest($2::text[]) as n on conflict do nothing`,
      [scope, [...names], reason, by],
    );
    return this.#sql.rows<PauseRecord>(
      'select scope, name, reason, by, since from pauses where scope = $1 and name = any($2) order by name',
      [scope, [...names]],
    );
  }

  async resume(scope: PauseRecord['scope'], names: readonly string[]): Promise<PauseRecord[]> {
    return this.#sql.rows<PauseRecord>(
      'delete from pauses where scope = $1 and name = any($2) returning scope, name, reason, by, since',
      [scope, [...names]],
    );
  }

  /** Consents of a commit, for whatever it changes. */
  async consentByCommit(bundles: readonly string[], by: string): Promise<void> {
    if (bundles.length === 0) return;
    await this.#sql.rows(
      `insert into consents (id, bundle, cluster_id, epoch, generation, by, at)
       select gen_random_uuid(), b, null, 0, 0, $2, now() from unnest($1::text[]) as b`,
      [bundles.map(textParameter), by],
    );
  }

  /** A person's consent for these clusters as they are now; answers those that have a desired state to allow it in. */
  async consentByPerson(bundle: string, clusters: readonly string[], by: string): Promise<string[]> {
    const rows = await this.#sql.rows<{ cluster_id: string }>(
      `insert into consents (id, bundle, cluster_id, epoch, generation, by, at)
       select gen_random_uuid(), $1, d.cluster_id, d.epoch, d.generation, $3, now()
       from desired_states d join clusters c on c.id = d.cluster_id and c.removed_at is null
       where c.name = any($2) returning cluster_id`,
      [bundle, [...clusters], by],
    );
    const names = await this.#sql.rows<{ name: string }>(
      'select name from clusters where id = any($1) order by name',
      [rows.map((row) => row.cluster_id)],
    );
    return names.map((row) => row.name);
  }

  /** Has clusters (ids) asked to check a bundle, or all (''), by the replicas that have their sessions. */
  async requestSync(clusterIds: readonly string[], bundle: string): Promise<void> {
    if (clusterIds.length === 0) return;
    await this.#sql.rows(
      `insert into sync_requests (cluster_id, bundle, at) select c, $2, now() from unnest($1::uuid[]) as c
       on conflict (cluster_id, bundle) do update set at = excluded.at`,
      [[...clusterIds], bundle],
    );
  }

  /** Takes what is to be asked of these clusters; what nobody took in `patienceMs` is forgotten: who connects anew checks anyway. */
  async takeSyncRequests(
    clusterIds: readonly string[],
    patienceMs: number,
  ): Promise<{ readonly clusterId: string; readonly bundle: string }[]> {
    const rows = await this.#sql.rows<{ cluster_id: string; bundle: string; late: boolean }>(
      `delete from sync_requests where cluster_id = any($1::uuid[]) or at < now() - make_interval(secs => $2)
       returning cluster_id, bundle, at < now() - make_interval(secs => $2) as late`,
      [[...clusterIds], patienceMs / 1000],
    );
    return rows.filter((row) => !row.late).map((row) => ({ clusterId: row.cluster_id, bundle: row.bundle }));
  }

  async addEvents(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#sql.rows(
      `insert into events (at, by, kind, message, cluster, bundle)
       select now(), e.by, e.kind, e.message, e.cluster, e.bundle
       from jsonb_to_recordset($1) as e(by text, kind text, message text, cluster text, bundle text)`,
      [jsonParameter(events)],
    );
  }
}
