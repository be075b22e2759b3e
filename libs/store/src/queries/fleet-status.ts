import { type FleetStatus, HealthStatus, SyncStatus } from '@muster/api';
import type { Sql } from '../sql.ts';
import { attentionQuery, type AttentionRow } from './attention.ts';
import { type PauseListRow, toPause } from './pause-list.ts';
import { type RevisionListRow, revisionSource, toRevision } from './revision-list.ts';
import { timestampOrNull } from './times.ts';
import {
  clusterHealth,
  clusterSync,
  seenView,
  statesView,
  widestPause,
  worstHealth,
  worstSync,
} from './views.ts';

interface HubRow {
  readonly fleet: string;
  readonly epoch: string;
  readonly url: string | null;
  readonly ref: string | null;
  readonly path: string | null;
  readonly fetched_at: Date | null;
  readonly error: string | null;
}

interface CountRow {
  readonly of: 'clusters' | 'assignments';
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly total: number;
  readonly connected: number;
  readonly paused: number;
}

interface BundleCountRow {
  readonly total: number;
  readonly failing: number;
  readonly paused: number;
}

export interface FleetStatusOptions {
  readonly leaseMs: number;
  /** The hub's. */
  readonly version: string;
}

/** Clusters may be paused one by one, and a fleet has many; the list of pauses has them all. */
const MAX_PAUSES = 20;

/** The fleet at a glance, counted where the rows are. */
export async function readFleetStatus(
  sql: Sql,
  { leaseMs, version }: FleetStatusOptions,
): Promise<FleetStatus> {
  const [hub, newest, good, counts, bundles, pauses, attention] = await Promise.all([
    sql.first<HubRow>(
      'select h.fleet, h.epoch, r.url, r.ref, r.path, r.fetched_at, r.error from hub h left join repo r on true',
    ),
    oneRevision(sql, 'where h.seq is not null'),
    oneRevision(sql, `where v.state = 'Good' order by v.seq desc limit 1`),
    sql.rows<CountRow>(countStatement(leaseMs)),
    sql.first<BundleCountRow>(
      `select count(*)::integer as total, (count(*) filter (where b.problems <> '[]'))::integer as failing,
         (count(*) filter (where ${widestPause('Bundle', 'b.name')} is not null))::integer as paused from bundles b`,
    ),
    sql.rows<PauseListRow>(`select * from pauses order by scope, name collate "C" limit ${MAX_PAUSES}`),
    sql.rows<AttentionRow>(attentionQuery(leaseMs)),
  ]);
  if (hub === undefined) throw new Error('the database has no hub');
  const clusters = counts.filter((row) => row.of === 'clusters');
  const assignments = counts.filter((row) => row.of === 'assignments');
  return {
    fleet: hub.fleet,
    version,
    epoch: Number(hub.epoch),
    repo: {
      url: hub.url ?? '',
      ref: hub.ref ?? '',
      path: hub.path ?? '',
      fetchedAt: timestampOrNull(hub.fetched_at),
      error: hub.error,
    },
    newestRevision: newest ?? null,
    goodRevision: good ?? null,
    clusters: {
      total: sum(clusters, (row) => row.total),
      connected: sum(clusters, (row) => row.connected),
      paused: sum(clusters, (row) => row.paused),
      ...countsOf(clusters),
    },
    bundles: { total: bundles?.total ?? 0, failing: bundles?.failing ?? 0, paused: bundles?.paused ?? 0 },
    assignments: { total: sum(assignments, (row) => row.total), ...countsOf(assignments) },
    pauses: pauses.map(toPause),
    attention: attention.map((row) => ({ kind: row.kind, name: row.name, message: row.message })),
  };
}

/** Clusters and assignments in one pass over all states: this is what is asked most often. */
function countStatement(leaseMs: number): string {
  return `with ${seenView(leaseMs)}, ${statesView}, equal as materialized (
    select cluster_id, assigned, sync, health, count(*) as n from states group by cluster_id, assigned, sync, health
  ), worst as (
    select cluster_id, ${worstSync('sync')} as sync, ${worstHealth('health')} as health from equal group by cluster_id
  ), clusters_now as (
    select ${clusterSync('w.sync')} as sync, ${clusterHealth('w.health')} as health, c.connected,
      ${widestPause('Cluster', 'c.name')} is not null as paused
    from seen c left join worst w on w.cluster_id = c.id)
  select 'clusters' as of, sync, health, count(*)::integer as total,
    (count(*) filter (where connected))::integer as connected, (count(*) filter (where paused))::integer as paused
  from clusters_now group by sync, health
  union all
  select 'assignments', sync, health, sum(n)::integer, 0, 0 from equal where assigned group by sync, health`;
}

async function oneRevision(sql: Sql, rest: string) {
  const row = await sql.first<RevisionListRow>(
    `with ${revisionSource.ctes} select ${revisionSource.columns} ${revisionSource.from} ${rest}`,
  );
  return row && toRevision(row);
}

function countsOf(
  rows: readonly { readonly sync: SyncStatus; readonly health: HealthStatus; readonly total: number }[],
): Pick<FleetStatus['assignments'], 'sync' | 'health'> {
  const sync = { Synced: 0, OutOfSync: 0, Unknown: 0 };
  const health = { Healthy: 0, Progressing: 0, Degraded: 0, Suspended: 0, Missing: 0, Unknown: 0 };
  for (const row of rows) {
    sync[row.sync] += row.total;
    health[row.health] += row.total;
  }
  return { sync, health };
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
