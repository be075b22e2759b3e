import { jsonParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface EnrolledCluster {
  readonly id: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly keyId: string | undefined;
  readonly joinToken: string | undefined;
  readonly declared: boolean;
  readonly enrolled: boolean;
  readonly removed: boolean;
}

export interface Enrolment {
  readonly id: string;
  readonly name: string;
  readonly uid: string;
  readonly keyId: string;
  readonly joinToken: string;
  readonly tokenLabels: Readonly<Record<string, string>>;
  readonly certificateNotAfter: number;
}

export interface DeclaredClusterRow {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What lists show of it: annotations, and where it is declared. */
  readonly declared: unknown;
}

interface ClusterRecord {
  readonly id: string;
  readonly name: string;
  readonly uid: string | null;
  readonly key_id: string | null;
  readonly join_token: string | null;
  readonly declared: unknown;
  readonly enrolled_at: Date | null;
  readonly removed_at: Date | null;
}

/** Unique indexes: what is entered, another has at the same time entered too. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

const identityColumns = 'id, name, uid, key_id, join_token, declared, enrolled_at, removed_at';

/** The register of clusters. `labels` are made from Git's, the register's and the token's wherever one changes. */
export class ClusterRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async byId(id: string): Promise<EnrolledCluster | undefined> {
    return this.#one(`select ${identityColumns} from clusters where id = $1`, [id]);
  }

  /** The present cluster of this name. */
  async byName(name: string): Promise<EnrolledCluster | undefined> {
    return this.#one(`select ${identityColumns} from clusters where name = $1 and removed_at is null`, [
      name,
    ]);
  }

  /** The cluster of this uid, a present one before removed ones, the newest first. */
  async byUid(uid: string): Promise<EnrolledCluster | undefined> {
    return this.#one(
      `select ${identityColumns} from clusters where uid = $1 order by removed_at desc nulls first limit 1`,
      [uid],
    );
  }

  async #one(statement: string, parameters: readonly unknown[]): Promise<EnrolledCluster | undefined> {
    const row = await this.#sql.first<ClusterRecord>(statement, parameters);
    return (
      row && {
        id: row.id,
        name: row.name,
        uid: row.uid ?? undefined,
        keyId: row.key_id ?? undefined,
        joinToken: row.join_token ?? undefined,
        declared: row.declared !== null,
        enrolled: row.enrolled_at !== null,
        removed: row.removed_at !== null,
      }
    );
  }

  /**
   * Enters a cluster, or enters it anew under its id: a row that Git declared, or the same cluster after it was
   * removed. The number of its sessions and its generation go on from where they were.
   */
  async enrol(enrolment: Enrolment): Promise<void> {
    await this.#sql.rows(
      `insert into clusters as c (id, name, uid, key_id, join_token, declared_labels, register_labels, token_labels, labels,
         enrolled_at, certificate_not_after, session, features, applied_epoch, applied_generation, emptied_epoch,
         emptied_generation)
       values ($1, $2, $3, $4, $5, '{}', '{}', $6, $6, now(), to_timestamp($7::double precision / 1000), 0, '{}', 0, 0, 0,
         0)
       on conflict (id) do update set name = excluded.name, uid = excluded.uid, key_id = excluded.key_id,
         join_token = excluded.join_token, token_labels = excluded.token_labels,
         labels = excluded.token_labels || c.register_labels || c.declared_labels,
         enrolled_at = now(), removed_at = null, removal = null, certificate_not_after = excluded.certificate_not_after`,
      [
        enrolment.id,
        enrolment.name,
        enrolment.uid,
        enrolment.keyId,
        enrolment.joinToken,
        jsonParameter(enrolment.tokenLabels),
        enrolment.certificateNotAfter,
      ],
    );
  }

  /** Moves what Git declares from its own row to the removed cluster's that comes back under that name. */
  async absorbDeclared(id: string, declaredId: string): Promise<void> {
    const row = await this.#sql.first<{ declared: unknown; declared_labels: unknown }>(
      'delete from clusters where id = $1 returning declared, declared_labels',
      [declaredId],
    );
    await this.#sql.rows('update clusters set declared = $2, declared_labels = $3 where id = $1', [
      id,
      jsonParameter(row?.declared ?? null),
      jsonParameter(row?.declared_labels ?? {}),
    ]);
  }

  /** True when the cluster is present and has this key. */
  async recordRenewal(id: string, keyId: string, certificateNotAfter: number): Promise<boolean> {
    const row = await this.#sql.first(
      `update clusters set certificate_not_after = to_timestamp($3::double precision / 1000)
       where id = $1 and key_id = $2 and removed_at is null returning id`,
      [id, keyId, certificateNotAfter],
    );
    return row !== undefined;
  }

  /** ms since the epoch; `undefined` when the cluster is gone or has another key. */
  async certificateNotAfter(id: string, keyId: string): Promise<number | undefined> {
    const row = await this.#sql.first<{ certificate_not_after: Date }>(
      'select certificate_not_after from clusters where id = $1 and key_id = $2 and removed_at is null',
      [id, keyId],
    );
    return row?.certificate_not_after.getTime();
  }

  /** Brings the register to what a revision declares. Clusters that it doesn't name and that never joined go. */
  async declare(clusters: readonly DeclaredClusterRow[]): Promise<void> {
    const declared = jsonParameter(clusters);
    await this.#sql.rows(
      `delete from clusters where enrolled_at is null and removed_at is null
         and name not in (select d.name from jsonb_to_recordset($1) as d(name text))`,
      [declared],
    );
    await this.#sql.rows(
      `update clusters set declared = null, declared_labels = '{}', labels = token_labels || register_labels
       where declared is not null and name not in (select d.name from jsonb_to_recordset($1) as d(name text))`,
      [declared],
    );
    await this.#sql.rows(
      `insert into clusters as c (id, name, declared, declared_labels, register_labels, token_labels, labels, session, features,
         applied_epoch, applied_generation, emptied_epoch, emptied_generation)
       select gen_random_uuid(), d.name, d.declared, d.labels, '{}', '{}', d.labels, 0, '{}', 0, 0, 0, 0
       from jsonb_to_recordset($1) as d(name text, labels jsonb, declared jsonb)
       on conflict (name) where removed_at is null do update set declared = excluded.declared,
         declared_labels = excluded.declared_labels,
         labels = c.token_labels || c.register_labels || excluded.declared_labels
       where c.declared is distinct from excluded.declared or c.declared_labels <> excluded.declared_labels`,
      [declared],
    );
  }

  /** Changes the register's labels; `undefined` when there is no such cluster. */
  async setRegisterLabels(
    name: string,
    set: Readonly<Record<string, string>>,
    remove: readonly string[],
  ): Promise<boolean> {
    const row = await this.#sql.first(
      `update clusters set register_labels = (register_labels || $2::jsonb) - $3::text[],
         labels = token_labels || ((register_labels || $2::jsonb) - $3::text[]) || declared_labels
       where name = $1 and removed_at is null returning id`,
      [name, jsonParameter(set), [...remove]],
    );
    return row !== undefined;
  }

  /**
   * From now on the cluster is to run nothing, and what it ran is to be deleted: all bundles that it has or still
   * reports. Again: nothing changes. Answers whether the agent can say when it is done; `undefined` for a cluster
   * that there isn't.
   */
  async beginRemoval(name: string, by: string): Promise<{ readonly canTell: boolean } | undefined> {
    return this.#sql.transaction(async (sql) => {
      const row = await sql.first<{ id: string; can_tell: boolean }>(
        `select id, 'emptied/v1' = any(features) as can_tell from clusters
         where name = $1 and removed_at is null and enrolled_at is not null for update`,
        [name],
      );
      if (row === undefined) return undefined;
      if (row.can_tell) {
        await sql.rows(
          `update clusters c set removal = jsonb_build_object('by', $2::text, 'since', to_jsonb(now()), 'bundles',
             (select coalesce(jsonb_agg(b.bundle order by b.bundle), '[]') from
               (select bundle from assignments where cluster_id = c.id
                union select bundle from assignment_statuses where cluster_id = c.id) b))
           where c.id = $1 and c.removal is null`,
          [row.id, by],
        );
      }
      return { canTell: row.can_tell };
    });
  }

  /** Those of these bundles that a cluster has, or still reports; sorted. */
  async bundlesOf(name: string, bundles: readonly string[]): Promise<string[]> {
    const rows = await this.#sql.rows<{ bundle: string }>(
      `select bundle from (select cluster_id, bundle from assignments
         union select cluster_id, bundle from assignment_statuses) b
       join clusters c on c.id = b.cluster_id
       where c.name = $1 and c.removed_at is null and b.bundle = any($2) order by bundle`,
      [name, [...bundles]],
    );
    return rows.map((row) => row.bundle);
  }

  /**
   * Clusters of which all workloads are deleted: their agents said that nothing remains of exactly the state that they
   * are to have now, and that state assigns nothing.
   */
  async emptied(): Promise<readonly { readonly name: string; readonly by: string }[]> {
    return this.#sql.rows(
      `select c.name, c.removal ->> 'by' as by from clusters c join desired_states d on d.cluster_id = c.id
       where c.removal is not null and c.removed_at is null
         and (c.emptied_epoch, c.emptied_generation) = (d.epoch, d.generation)
         and not exists (select 1 from assignments a where a.cluster_id = c.id)`,
    );
  }

  /**
   * Removes an enrolled cluster and what is known of it; its row stays, to tell its agent. What Git declares of the
   * name stays as a row of its own.
   */
  async remove(name: string): Promise<string | undefined> {
    return this.#sql.transaction(async (sql) => {
      // A plan that is being stored would leave assignments behind: it comes before, or is fenced off after.
      await sql.rows('select 1 from hub for update');
      const row = await sql.first<{
        id: string;
        declared: unknown;
        declared_labels: unknown;
        enrolled_at: Date | null;
      }>(
        'select id, declared, declared_labels, enrolled_at from clusters where name = $1 and removed_at is null for update',
        [name],
      );
      if (row?.enrolled_at == null) return undefined;
      await sql.rows(
        `update clusters set removed_at = now(), removal = null, session_replica = null, declared = null, declared_labels = '{}',
           register_labels = '{}', token_labels = '{}', labels = '{}' where id = $1`,
        [row.id],
      );
      await sql.rows('delete from assignments where cluster_id = $1', [row.id]);
      await sql.rows('delete from assignment_statuses where cluster_id = $1', [row.id]);
      await sql.rows(`delete from pauses where scope = 'Cluster' and name = $1`, [name]);
      // The generation stays: should the cluster come back, it goes on from there.
      await sql.rows(
        `update desired_states set content_digest = '', base_digest = '', consents = '{}' where cluster_id = $1`,
        [row.id],
      );
      if (row.declared !== null) {
        await sql.rows(
          `insert into clusters (id, name, declared, declared_labels, register_labels, token_labels, labels, session, features,
             applied_epoch, applied_generation, emptied_epoch, emptied_generation)
           values (gen_random_uuid(), $1, $2, $3, '{}', '{}', $3, 0, '{}', 0, 0, 0, 0)`,
          [name, jsonParameter(row.declared), jsonParameter(row.declared_labels)],
        );
      }
      return row.id;
    });
  }
}
