import { jsonParameter } from '../parameters.ts';
import type { Sql } from '../sql.ts';

export interface SessionOpening {
  readonly clusterId: string;
  readonly keyId: string;
  readonly uid: string;
  readonly agentVersion: string;
  readonly features: readonly string[];
  /** Absent when the discovery was incomplete: then it replaces nothing. */
  readonly facts: unknown;
}

export interface OpenedSession {
  readonly clusterId: string;
  readonly name: string;
  readonly session: bigint;
}

/** The register of sessions: which cluster is connected to which replica, and what its agent said of itself. */
export class SessionRepository {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Gives each its next session number, all in one statement; those that may not connect are left out. */
  async openSessions(replica: string, openings: readonly SessionOpening[]): Promise<OpenedSession[]> {
    const rows = await this.#sql.rows<{ id: string; name: string; session: string }>(
      `update clusters c set session = c.session + 1, session_replica = $1, last_seen = now(),
         agent_version = o.agent_version, features = o.features,
         facts = case when o.facts is null or o.facts = c.facts then c.facts else o.facts end
       from jsonb_to_recordset($2) as o(id uuid, key_id text, uid text, agent_version text, features text[], facts jsonb)
       where c.id = o.id and c.key_id = o.key_id and c.uid = o.uid and c.removed_at is null
       returning c.id, c.name, c.session`,
      [
        replica,
        jsonParameter(
          openings.map((it) => ({
            id: it.clusterId,
            key_id: it.keyId,
            uid: it.uid,
            agent_version: it.agentVersion,
            features: it.features,
            facts: it.facts,
          })),
        ),
      ],
    );
    return rows.map((row) => ({ clusterId: row.id, name: row.name, session: BigInt(row.session) }));
  }

  /** Writes that sessions ended, if none followed them. `lastSeen` in ms since the epoch. */
  async closeSessions(
    ends: readonly { readonly clusterId: string; readonly session: bigint; readonly lastSeen: number }[],
  ): Promise<void> {
    await this.#sql.rows(
      `update clusters c set session_replica = null, last_seen = to_timestamp(e.last_seen / 1000)
       from jsonb_to_recordset($1) as e(id uuid, session bigint, last_seen double precision)
       where c.id = e.id and c.session = e.session`,
      [
        jsonParameter(
          ends.map((end) => ({
            id: end.clusterId,
            session: end.session.toString(),
            last_seen: end.lastSeen,
          })),
        ),
      ],
    );
  }

  /**
   * Brings the register in line with the sessions that a replica has; answers the clusters among them that were
   * removed. A session that is entered and that the replica doesn't have is over, unless it is young: then it may still
   * be about to begin.
   */
  async reconcileSessions(replica: string, live: readonly string[], youngMs: number): Promise<string[]> {
    const rows = await this.#sql.rows<{ id: string }>(
      `with over as (
         update clusters set session_replica = null
         where session_replica = $1 and id <> all($2::uuid[]) and last_seen < now() - make_interval(secs => $3)
       )
       select id from clusters where id = any($2::uuid[]) and removed_at is not null`,
      [replica, [...live], youngMs / 1000],
    );
    return rows.map((row) => row.id);
  }

  /** Those of the clusters (ids) that have a session at another replica, which beats. */
  async connectedElsewhere(
    clusterIds: readonly string[],
    replica: string,
    leaseMs: number,
  ): Promise<string[]> {
    if (clusterIds.length === 0) return [];
    const rows = await this.#sql.rows<{ id: string }>(
      `select c.id from clusters c join replicas r on r.id = c.session_replica
       where c.id = any($1::uuid[]) and r.id <> $2 and r.heartbeat_at > now() - make_interval(secs => $3)`,
      [[...clusterIds], replica, leaseMs / 1000],
    );
    return rows.map((row) => row.id);
  }

  /** The other replica, which beats, that has the session of a cluster (id); `address`: where it is reached. */
  async replicaOf(
    clusterId: string,
    replica: string,
    leaseMs: number,
  ): Promise<{ readonly address: string | undefined } | undefined> {
    const row = await this.#sql.first<{ address: string | null }>(
      `select r.address from clusters c join replicas r on r.id = c.session_replica
       where c.id = $1 and r.id <> $2 and r.heartbeat_at > now() - make_interval(secs => $3)`,
      [clusterId, replica, leaseMs / 1000],
    );
    return row && { address: row.address ?? undefined };
  }

  async setFacts(id: string, session: bigint, facts: unknown): Promise<void> {
    await this.#sql.rows('update clusters set facts = $3 where id = $1 and session = $2', [
      id,
      session.toString(),
      jsonParameter(facts),
    ]);
  }
}
