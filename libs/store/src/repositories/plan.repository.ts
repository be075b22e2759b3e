import type { Sql } from '../sql.ts';
import { PlanFencedError } from './plan-fenced-error.ts';
import { addContents, changeAssignments, changeDesired } from './plan-writes.ts';

export interface PlannedCluster {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent before its first plan. */
  readonly desired: DesiredRow | undefined;
  /** The bundles that are to be deleted there: it leaves the fleet, and its workloads with it. */
  readonly removing?: readonly string[];
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
      removing: string[] | null;
    }>(
      `select c.id, c.name, c.labels, c.removal -> 'bundles' as removing, d.epoch, d.generation, d.content_digest, d.base_digest, d.base_generation, d.consents
       from clusters c left join desired_states d on d.cluster_id = c.id
       where c.enrolled_at is not null and c.removed_at is null order by c.name collate "C"`,
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      labels: row.labels,
      ...(row.removing !== null && { removing: row.removing }),
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
