import { type Assignment, HealthStatus, type LISTS, type ObjectStatus, SyncStatus } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { timestamp, timestampOrNull } from './times.ts';
import { healthRank, seenView, statesView, syncRank } from './views.ts';

type Lists = typeof LISTS.assignments;

export interface AssignmentListRow {
  readonly cluster: string;
  readonly bundle: string;
  readonly assigned: boolean;
  readonly revision: string;
  readonly manifest_digest: string;
  readonly paused: boolean;
  readonly fresh: boolean;
  readonly current: boolean | null;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly reason: string;
  readonly said_digest: string | null;
  readonly said_sync: SyncStatus | null;
  readonly said_health: HealthStatus | null;
  readonly said_message: string | null;
  readonly said_objects: ObjectStatus[] | null;
  readonly object_count: number;
  readonly object_problem_count: number;
  readonly warnings: string[];
  readonly observed_at: Date | null;
}

/**
 * Why an assignment is as it is, in one word: the hub's own where the cluster has nothing to say of what it is to
 * run now.
 */
const reason = `case when not v.fresh then 'Silent' when v.said_sync is null then 'Waiting'
  when v.assigned and not v.current and v.said_sync = 'Synced' then 'Waiting'
  when not v.assigned and v.said_sync = 'Synced' then 'Leaving' else v.said_reason end`;

export function assignmentSource(
  leaseMs: number,
): ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> {
  return {
    list: 'assignments',
    ctes: `${seenView(leaseMs)}, ${statesView}`,
    columns: `v.cluster, v.bundle, v.assigned, v.revision, v.manifest_digest, v.paused, v.fresh, v.current, v.sync, v.health,
      ${reason} as reason, v.said_digest, v.said_sync, v.said_health, v.said_message, v.said_objects,
      coalesce(m.object_count, v.said_object_count, 0) as object_count, v.object_problem_count, v.warnings, v.observed_at`,
    from: 'from states v left join manifests m on m.digest = v.manifest_digest',
    sorts: {
      cluster: { sql: 'v.cluster', type: 'text' },
      bundle: { sql: 'v.bundle', type: 'text' },
      sync: { sql: syncRank('v.sync'), type: 'integer' },
      health: { sql: healthRank('v.health'), type: 'integer' },
      observedAt: { sql: `coalesce(v.observed_at, '-infinity'::timestamptz)`, type: 'timestamptz' },
    },
    key: [
      { sql: 'v.cluster', type: 'text' },
      { sql: 'v.bundle', type: 'text' },
    ],
    filters: {
      cluster: { kind: 'text', sql: 'v.cluster' },
      bundle: { kind: 'text', sql: 'v.bundle' },
      sync: { kind: 'choice', sql: 'v.sync', choices: SyncStatus.options },
      health: { kind: 'choice', sql: 'v.health', choices: HealthStatus.options },
      reason: { kind: 'text', sql: `(${reason})` },
      revision: { kind: 'prefix', sql: 'v.revision' },
    },
    labels: 'v.cluster_labels',
  };
}

const ownMessages: Readonly<Record<string, string>> = {
  Silent: 'The cluster is silent: nothing is known of it now.',
  Waiting: 'The cluster has not yet reported what it makes of this manifest.',
  Leaving: 'The bundle no longer belongs to this cluster; its objects are about to be deleted.',
};

export function toAssignment(row: AssignmentListRow): Assignment {
  return {
    cluster: row.cluster,
    bundle: row.bundle,
    revision: row.revision,
    manifestDigest: row.manifest_digest,
    sync: row.sync,
    health: row.health,
    reason: row.reason,
    message: ownMessages[row.reason] ?? row.said_message ?? '',
    warnings: row.warnings,
    objectCount: row.object_count,
    objectProblemCount: row.object_problem_count,
    objects: row.said_objects ?? [],
    observedAt: timestampOrNull(row.observed_at),
    lastKnown: lastKnownOf(row),
    paused: row.paused,
  };
}

function lastKnownOf(row: AssignmentListRow): Assignment['lastKnown'] {
  if (row.fresh || row.observed_at === null || row.said_sync === null || row.said_health === null)
    return null;
  return {
    sync: row.said_sync,
    health: row.said_health,
    manifestDigest: row.said_digest ?? '',
    observedAt: timestamp(row.observed_at),
  };
}
