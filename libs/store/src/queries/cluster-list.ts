import { type Cluster, HealthStatus, type LISTS, SyncStatus } from '@muster/api';
import { type LabelSource, mergeLabels } from '@muster/targeting';
import type { ListSource, SortNames } from './list-source.ts';
import type { Liveness } from './liveness.ts';
import { type PauseListRow, toPause } from './pause-list.ts';
import { timestampOrNull } from './times.ts';
import {
  healthRank,
  rollupView,
  seenView,
  statesView,
  syncRank,
  widestPause,
  clusterHealth,
  clusterSync,
} from './views.ts';

type Lists = typeof LISTS.clusters;

export interface ClusterRow {
  readonly id: string;
  readonly name: string;
  readonly uid: string | null;
  readonly declared: Pick<Cluster, 'annotations' | 'definedIn'> | null;
  readonly declared_labels: Record<string, string>;
  readonly register_labels: Record<string, string>;
  readonly token_labels: Record<string, string>;
  readonly enrolled_at: Date | null;
  readonly connected: boolean;
  readonly seen_at: Date | null;
  readonly kubernetes_version: string | null;
  readonly agent_version: string | null;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly total: number;
  readonly synced: number;
  readonly healthy: number;
  readonly desired_epoch: string | null;
  readonly desired_generation: string;
  readonly applied_epoch: string;
  readonly applied_generation: string;
  readonly pause: PauseListRow | null;
  readonly removal: { readonly by: string; readonly since: string } | null;
}

/** A cluster's own status is Unknown where it is silent, and else the worst of its assignments'. */
export function clusterSource(
  leaseMs: number,
): ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> {
  return {
    list: 'clusters',
    ctes: `${seenView(leaseMs)}, ${statesView}, ${rollupView('rollup', 'cluster_id')}, view as (
      select c.*, coalesce(r.total, 0) as total, coalesce(r.synced, 0) as synced, coalesce(r.healthy, 0) as healthy,
        ${clusterSync('r.sync')} as sync,
        ${clusterHealth('r.health')} as health,
        ${widestPause('Cluster', 'c.name')} as pause
      from seen c left join rollup r on r.cluster_id = c.id)`,
    columns: `v.id, v.name, v.uid, v.declared, v.declared_labels, v.register_labels, v.token_labels, v.enrolled_at,
      v.connected, v.seen_at, v.facts ->> 'kubernetesVersion' as kubernetes_version, v.agent_version, v.sync, v.health,
      v.total, v.synced, v.healthy, d.epoch as desired_epoch, d.generation as desired_generation, v.applied_epoch,
      v.applied_generation, v.pause, v.removal`,
    from: `from view v left join desired_states d on d.cluster_id = v.id and d.content_digest <> ''`,
    sorts: {
      name: { sql: 'v.name', type: 'text' },
      sync: { sql: syncRank('v.sync'), type: 'integer' },
      health: { sql: healthRank('v.health'), type: 'integer' },
      connected: { sql: 'v.connected', type: 'boolean' },
      lastSeen: { sql: `coalesce(v.seen_at, '-infinity'::timestamptz)`, type: 'timestamptz' },
    },
    key: [{ sql: 'v.name', type: 'text' }],
    filters: {
      name: { kind: 'text', sql: 'v.name' },
      sync: { kind: 'choice', sql: 'v.sync', choices: SyncStatus.options },
      health: { kind: 'choice', sql: 'v.health', choices: HealthStatus.options },
      connected: { kind: 'flag', sql: 'v.connected' },
      paused: { kind: 'flag', sql: '(v.pause is not null)' },
    },
    labels: 'v.labels',
  };
}

const sourceNames = { git: 'Git', register: 'Register', token: 'Token' } as const satisfies Record<
  LabelSource,
  string
>;

export function toCluster(row: ClusterRow, liveness: Liveness): Cluster {
  const { labels, sources } = mergeLabels({
    git: row.declared_labels,
    register: row.register_labels,
    token: row.token_labels,
  });
  return {
    name: row.name,
    uid: row.uid,
    labels,
    labelSources: Object.fromEntries(Object.entries(sources).map(([key, it]) => [key, sourceNames[it]])),
    annotations: row.declared?.annotations ?? {},
    definedIn: row.declared?.definedIn ?? null,
    enrolledAt: timestampOrNull(row.enrolled_at),
    connected: row.connected,
    lastSeen: timestampOrNull(later(row.seen_at, liveness.lastHeard(row.id))),
    kubernetesVersion: row.kubernetes_version,
    agentVersion: row.agent_version,
    sync: row.sync,
    health: row.health,
    assignments: { total: row.total, synced: row.synced, healthy: row.healthy },
    desired:
      row.desired_epoch === null
        ? null
        : { epoch: Number(row.desired_epoch), generation: Number(row.desired_generation) },
    applied:
      row.applied_generation === '0'
        ? null
        : { epoch: Number(row.applied_epoch), generation: Number(row.applied_generation) },
    paused: row.pause && toPause(row.pause),
    removal: row.removal && {
      since: timestampOrNull(new Date(row.removal.since)) ?? row.removal.since,
      by: row.removal.by,
    },
  };
}

function later(seenAt: Date | null, heardMs: number | undefined): Date | null {
  return heardMs === undefined || (seenAt !== null && seenAt.getTime() >= heardMs)
    ? seenAt
    : new Date(heardMs);
}
