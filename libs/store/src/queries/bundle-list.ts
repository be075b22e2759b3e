import {
  type Bundle,
  BundleState,
  HealthStatus,
  type LISTS,
  type RepoProblem,
  type SourceLocation,
  SyncStatus,
} from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { type PauseListRow, toPause } from './pause-list.ts';
import { healthRank, rollupView, seenView, statesView, syncRank, widestPause } from './views.ts';

type Lists = typeof LISTS.bundles;

export interface BundleListRow {
  readonly name: string;
  readonly labels: Record<string, string>;
  /** As `@muster/fleet-model` has it. */
  readonly spec: {
    readonly namespace?: string;
    readonly source: Bundle['source'];
    readonly definedIn: SourceLocation;
  };
  readonly problems: RepoProblem[];
  readonly state: BundleState;
  readonly good_revision: string | null;
  readonly object_count: number;
  readonly targets: number;
  readonly synced: number;
  readonly healthy: number;
  readonly sync: SyncStatus;
  readonly health: HealthStatus;
  readonly pause: PauseListRow | null;
}

/** A bundle that is sent nowhere is as it should be, unless it never rendered. */
export function bundleSource(
  leaseMs: number,
): ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> {
  return {
    list: 'bundles',
    ctes: `${seenView(leaseMs)}, ${statesView}, ${rollupView('rollup', 'bundle')}, view as (
      select b.name, b.labels, b.spec, b.problems, b.good_revision, b.object_count,
        case when b.problems = '[]' then 'Good' else 'Failing' end as state,
        coalesce(r.total, 0) as targets, coalesce(r.synced, 0) as synced, coalesce(r.healthy, 0) as healthy,
        coalesce(r.sync, case when b.good_revision is null then 'Unknown' else 'Synced' end) as sync,
        coalesce(r.health, case when b.good_revision is null then 'Unknown' else 'Healthy' end) as health,
        ${widestPause('Bundle', 'b.name')} as pause
      from bundles b left join rollup r on r.bundle = b.name)`,
    columns: 'v.*',
    from: 'from view v',
    sorts: {
      name: { sql: 'v.name', type: 'text' },
      state: { sql: 'v.state', type: 'text' },
      sync: { sql: syncRank('v.sync'), type: 'integer' },
      health: { sql: healthRank('v.health'), type: 'integer' },
    },
    key: [{ sql: 'v.name', type: 'text' }],
    filters: {
      name: { kind: 'text', sql: 'v.name' },
      state: { kind: 'choice', sql: 'v.state', choices: BundleState.options },
      sync: { kind: 'choice', sql: 'v.sync', choices: SyncStatus.options },
      health: { kind: 'choice', sql: 'v.health', choices: HealthStatus.options },
      paused: { kind: 'flag', sql: '(v.pause is not null)' },
    },
    labels: 'v.labels',
  };
}

export function toBundle(row: BundleListRow): Bundle {
  return {
    name: row.name,
    labels: row.labels,
    namespace: row.spec.namespace ?? null,
    source: { kind: row.spec.source.kind, path: row.spec.source.path, include: row.spec.source.include },
    definedIn: row.spec.definedIn,
    state: row.state,
    revision: row.good_revision,
    problems: row.problems,
    targets: row.targets,
    synced: row.synced,
    healthy: row.healthy,
    sync: row.sync,
    health: row.health,
    objectCount: row.object_count,
    paused: row.pause && toPause(row.pause),
  };
}
