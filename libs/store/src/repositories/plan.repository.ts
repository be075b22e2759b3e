import type { Sql } from '../sql.ts';

export interface PlannedCluster {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent before its first plan. */
  readonly desired: DesiredRow | undefined;
}

export interface DesiredRow {
  readonly epoch: bigint;
  readonly generation: bigint;
  readonly contentDigest: string;
  readonly baseDigest: string;
  readonly baseGeneration: bigint;
  readonly consents: readonly string[];
}

export interface ConsentRow {
  readonly id: string;
  readonly bundle: string;
  /** Absent: given by a commit, for all that it changes. */
  readonly clusterId: string | undefined;
  readonly generation: bigint;
}

export interface PauseRow {
  readonly scope: 'All' | 'Bundle' | 'Cluster';
  readonly name: string;
}

export interface ContentRow {
  readonly digest: string;
  readonly data: Uint8Array;
  readonly manifestDigests: readonly string[];
}

/** A change of one cluster's desired state, from exactly the row that it was planned from. */
export interface DesiredChange {
  readonly clusterId: string;
  readonly former: { readonly epoch: bigint; readonly generation: bigint } | undefined;
  readonly next: DesiredRow;
}

export interface AssignmentRow {
  readonly bundle: string;
  readonly revision: string;
  readonly manifestDigest: string;
  readonly paused: boolean;
  readonly held: boolean;
}

/** The same change of assignments in many clusters. */
export interface AssignmentChange {
  readonly clusterIds: readonly string[];
  readonly set: readonly AssignmentRow[];
  readonly removed: readonly string[];
}

export interface Plan {
  readonly contents: readonly ContentRow[];
  readonly changes: readonly DesiredChange[];
  readonly assignments: readonly AssignmentChange[];
  /** Consents that are now in desired states, or have lapsed. */
  readonly consumedConsents: readonly string[];
  /** The newest revision that the plan knew: it and those before it are now Good, if they parsed. */
  readonly revisionSeq: bigint;
  /** The plan that was the newest when this one's input was read. */
  readonly after: bigint;
}

export interface StoredDesired {
  readonly clusterId: string;
  readonly epoch: bigint;
  readonly generation: bigint;
  readonly contentDigest: string;
  readonly seq: bigint;
}

/** Another planner wrote first: nothing was changed, plan anew from what is there now. */
export class PlanFencedError extends Error {
  override readonly name = 'PlanFencedError';
}

/** What plans are made from, and where they are stored. */
export class PlanRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The clusters that enrolled, by name. */
  async clusters(): Promise<PlannedCluster[]> {
    const rows = await this.#sql.rows<{
      id: string;
      name: string;
      labels: Record<string, string>;
      epoch: string | null;
      generation: string;
      content_digest: string;
      base_digest: string;
      base_generation: string;
      consents: string[];
    }>(
      `select c.id, c.name, c.labels, d.epoch, d.generation, d.content_digest, d.base_digest, d.base_generation, d.consents
       from clusters c left join desired_states d on d.cluster_id = c.id
       where c.enrolled_at is not null and c.removed_at is null order by c.name collate "C"`,
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      labels: row.labels,
      desired:
        row.epoch === null
          ? undefined
          : {
              epoch: BigInt(row.epoch),
              generation: BigInt(row.generation),
              contentDigest: row.content_digest,
              baseDigest: row.base_digest,
              baseGeneration: BigInt(row.base_generation),
              consents: row.consents,
            },
    }));
  }

  /** The number of the newest revision; 0 before the first. */
  async revisionSeq(): Promise<bigint> {
    const row = await this.#sql.first<{ seq: string }>('select coalesce(max(seq), 0) as seq from revisions');
    return BigInt(row?.seq ?? 0);
  }

  /** The number of the newest plan; 0 before the first. */
  async planSeq(): Promise<bigint> {
    const row = await this.#sql.first<{ plan_seq: string }>('select plan_seq from hub');
    return BigInt(row?.plan_seq ?? 0);
  }

  /** Whether a revision waits for the desired states that follow from it. */
  async hasResolving(): Promise<boolean> {
    return (await this.#sql.first(`select 1 from revisions where state = 'Resolving' limit 1`)) !== undefined;
  }

  async pauses(): Promise<PauseRow[]> {
    return this.#sql.rows<PauseRow>('select scope, name from pauses');
  }

  async consents(): Promise<ConsentRow[]> {
    const rows = await this.#sql.rows<{
      id: string;
      bundle: string;
      cluster_id: string | null;
      generation: string;
    }>('select id, bundle, cluster_id, generation from consents order by at, id');
    return rows.map((row) => ({
      id: row.id,
      bundle: row.bundle,
      clusterId: row.cluster_id ?? undefined,
      generation: BigInt(row.generation),
    }));
  }

  /** Clusters that have, or still report, any of these bundles. */
  async clustersWithBundles(bundles: readonly string[]): Promise<Map<string, Set<string>>> {
    const rows = await this.#sql.rows<{ bundle: string; cluster_id: string }>(
      `select bundle, cluster_id from assignments where bundle = any($1)
       union select bundle, cluster_id from assignment_statuses where bundle = any($1)`,
      [[...bundles]],
    );
    const clusters = new Map<string, Set<string>>();
    for (const row of rows) {
      const of = clusters.get(row.bundle) ?? new Set();
      clusters.set(row.bundle, of.add(row.cluster_id));
    }
    return clusters;
  }

  async content(digest: string): Promise<Buffer | undefined> {
    const row = await this.#sql.first<{ data: Buffer }>(
      'select data from desired_contents where digest = $1',
      [digest],
    );
    return row?.data;
  }

  /** Desired states that were written after a plan; all for 0. */
  async desiredAfter(seq: bigint): Promise<StoredDesired[]> {
    const rows = await this.#sql.rows<{
      cluster_id: string;
      epoch: string;
      generation: string;
      content_digest: string;
      seq: string;
    }>(
      `select cluster_id, epoch, generation, content_digest, seq from desired_states
       where seq > $1 and content_digest <> '' order by seq`,
      [seq.toString()],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      epoch: BigInt(row.epoch),
      generation: BigInt(row.generation),
      contentDigest: row.content_digest,
      seq: BigInt(row.seq),
    }));
  }

  /**
   * Stores a plan, whole or not at all; answers its number. Revisions that it brings about become Good. One that was
   * made before another was stored is refused, also when the two change different clusters: what it spends and what it
   * declares Good follow from all that it read.
   *
   * @throws PlanFencedError
   */
  async store(plan: Plan): Promise<bigint> {
    return this.#sql.transaction(async (sql) => {
      const numbered = await sql.first<{ plan_seq: string }>(
        'update hub set plan_seq = plan_seq + 1 where plan_seq = $1 returning plan_seq',
        [plan.after.toString()],
      );
      if (numbered === undefined) throw new PlanFencedError(`plan ${plan.after} is not the newest any more`);
      const seq = BigInt(numbered.plan_seq);
      await addContents(sql, plan.contents);
      await changeDesired(sql, plan.changes, seq);
      for (const change of plan.assignments) await changeAssignments(sql, change);
      if (plan.consumedConsents.length > 0) {
        await sql.rows('delete from consents where id = any($1)', [[...plan.consumedConsents]]);
      }
      await sql.rows(
        `update revisions set state = 'Good', resolve_ms = extract(epoch from (clock_timestamp() - seen_at)) * 1000
         where state = 'Resolving' and seq <= $1`,
        [plan.revisionSeq.toString()],
      );
      return seq;
    });
  }
}

async function addContents(sql: Sql, contents: readonly ContentRow[]): Promise<void> {
  if (contents.length === 0) return;
  await sql.rows(
    `insert into desired_contents (digest, data, manifest_digests)
     select c.digest, decode(c.data, 'base64'), c.manifest_digests
     from jsonb_to_recordset($1) as c(digest text, data text, manifest_digests text[])
     on conflict (digest) do update set unreferenced_since = null`,
    [
      JSON.stringify(
        contents.map((it) => ({
          digest: it.digest,
          data: Buffer.from(it.data).toString('base64'),
          manifest_digests: it.manifestDigests,
        })),
      ),
    ],
  );
}

async function changeDesired(sql: Sql, changes: readonly DesiredChange[], seq: bigint): Promise<void> {
  if (changes.length === 0) return;
  const written = await sql.rows<{ cluster_id: string }>(
    `insert into desired_states as d (cluster_id, epoch, generation, content_digest, base_digest, base_generation, consents, seq,
       changed_at)
     select n.cluster_id, n.epoch, n.generation, n.content_digest, n.base_digest, n.base_generation, n.consents, $2, now()
     from jsonb_to_recordset($1) as n(cluster_id uuid, epoch bigint, generation bigint, content_digest text, base_digest text,
       base_generation bigint, consents text[], former_epoch bigint, former_generation bigint)
     join clusters c on c.id = n.cluster_id and c.removed_at is null
     where n.former_epoch is null or exists (select 1 from desired_states f where f.cluster_id = n.cluster_id
       and f.epoch = n.former_epoch and f.generation = n.former_generation)
     on conflict (cluster_id) do update set epoch = excluded.epoch, generation = excluded.generation,
       content_digest = excluded.content_digest, base_digest = excluded.base_digest,
       base_generation = excluded.base_generation, consents = excluded.consents, seq = excluded.seq,
       changed_at = excluded.changed_at
     where (d.epoch, d.generation) < (excluded.epoch, excluded.generation)
     returning cluster_id`,
    [
      JSON.stringify(
        changes.map((it) => ({
          cluster_id: it.clusterId,
          epoch: it.next.epoch.toString(),
          generation: it.next.generation.toString(),
          content_digest: it.next.contentDigest,
          base_digest: it.next.baseDigest,
          base_generation: it.next.baseGeneration.toString(),
          consents: it.next.consents,
          former_epoch: it.former?.epoch.toString() ?? null,
          former_generation: it.former?.generation.toString() ?? null,
        })),
      ),
      seq.toString(),
    ],
  );
  if (written.length !== changes.length) {
    throw new PlanFencedError(
      `${changes.length - written.length} of ${changes.length} desired states had changed meanwhile`,
    );
  }
}

/** A policy is a revision's: where it changes, so does the pin. A prune hold alone asks nothing new of the agent. */
const changesWhatIsApplied = `(a.revision, a.manifest_digest, a.paused) is distinct from
           (excluded.revision, excluded.manifest_digest, excluded.paused)`;

async function changeAssignments(sql: Sql, change: AssignmentChange): Promise<void> {
  const clusterIds = [...change.clusterIds];
  if (change.removed.length > 0) {
    await sql.rows('delete from assignments where cluster_id = any($1) and bundle = any($2)', [
      clusterIds,
      [...change.removed],
    ]);
  }
  if (change.set.length > 0) {
    await sql.rows(
      `insert into assignments as a (cluster_id, bundle, revision, manifest_digest, paused, held, epoch, generation)
       select d.cluster_id, n.bundle, n.revision, n.manifest_digest, n.paused, n.held, d.epoch, d.generation
       from desired_states d
       cross join jsonb_to_recordset($2) as n(bundle text, revision text, manifest_digest text, paused boolean, held boolean)
       where d.cluster_id = any($1::uuid[])
       on conflict (cluster_id, bundle) do update set revision = excluded.revision,
         manifest_digest = excluded.manifest_digest, paused = excluded.paused, held = excluded.held,
         epoch = case when ${changesWhatIsApplied} then excluded.epoch else a.epoch end,
         generation = case when ${changesWhatIsApplied} then excluded.generation else a.generation end`,
      [
        clusterIds,
        JSON.stringify(
          change.set.map((it) => ({
            bundle: it.bundle,
            revision: it.revision,
            manifest_digest: it.manifestDigest,
            paused: it.paused,
            held: it.held,
          })),
        ),
      ],
    );
  }
}
