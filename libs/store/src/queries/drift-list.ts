import type { Drift, LISTS } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { seenView, statesView } from './views.ts';

type Lists = typeof LISTS.drift;

export interface DriftListRow extends Omit<Drift, 'field'> {
  readonly path: string;
}

/**
 * A row for each field that differs, and one for an object without any: what somebody deleted, and what left its
 * bundle and stays. Nothing is told of a cluster that is silent, because nothing is known of it now.
 */
const driftView = `drift as not materialized (
  select s.cluster, s.bundle, s.cluster_labels, e."group", e.version, e.kind, e.namespace, e.name, e.reason, e.message,
    coalesce(d.path, '') as path, coalesce(d.desired, '') as desired, coalesce(d.live, '') as live,
    coalesce(d.manager, '') as manager, coalesce(d.place, 0)::integer as place
  from states s
  cross join lateral jsonb_to_recordset(s.said_objects) as e("group" text, version text, kind text, namespace text,
    name text, reason text, message text, differences jsonb)
  left join lateral (
    select f.value->>'path' as path, f.value->>'desired' as desired, f.value->>'live' as live,
      f.value->>'manager' as manager, f.place
    from jsonb_array_elements(e.differences) with ordinality as f(value, place)) d on true
  where s.fresh and s.said_objects is not null
    and (e.reason in ('Drifted', 'Orphaned') or e.differences is not null))`;

export function driftSource(leaseMs: number): ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> {
  return {
    list: 'drift',
    ctes: `${seenView(leaseMs)}, ${statesView}, ${driftView}`,
    columns: `v.cluster, v.bundle, v."group", v.version, v.kind, v.namespace, v.name, v.path, v.desired, v.live,
      v.manager, v.reason, v.message`,
    from: 'from drift v',
    sorts: {
      cluster: { sql: 'v.cluster', type: 'text' },
      bundle: { sql: 'v.bundle', type: 'text' },
      kind: { sql: 'v.kind', type: 'text' },
      namespace: { sql: 'v.namespace', type: 'text' },
      name: { sql: 'v.name', type: 'text' },
      field: { sql: 'v.path', type: 'text' },
      manager: { sql: 'v.manager', type: 'text' },
    },
    key: [
      { sql: 'v.cluster', type: 'text' },
      { sql: 'v.bundle', type: 'text' },
      { sql: 'v.kind', type: 'text' },
      { sql: 'v."group"', type: 'text' },
      { sql: 'v.namespace', type: 'text' },
      { sql: 'v.name', type: 'text' },
      { sql: 'v.place', type: 'integer' },
    ],
    filters: {
      cluster: { kind: 'text', sql: 'v.cluster' },
      bundle: { kind: 'text', sql: 'v.bundle' },
      group: { kind: 'text', sql: 'v."group"' },
      kind: { kind: 'text', sql: 'v.kind' },
      namespace: { kind: 'text', sql: 'v.namespace' },
      name: { kind: 'text', sql: 'v.name' },
      field: { kind: 'prefix', sql: 'v.path' },
      manager: { kind: 'text', sql: 'v.manager' },
      reason: { kind: 'text', sql: 'v.reason' },
    },
    labels: 'v.cluster_labels',
  };
}

export function toDrift(row: DriftListRow): Drift {
  return {
    cluster: row.cluster,
    bundle: row.bundle,
    group: row.group,
    version: row.version,
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    field: row.path,
    desired: row.desired,
    live: row.live,
    manager: row.manager,
    reason: row.reason,
    message: row.message,
  };
}
