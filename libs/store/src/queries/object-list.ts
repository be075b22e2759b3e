import { type FleetObject, HealthStatus, type LISTS, SyncStatus } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { bundleNamespaces, objectNamespace } from './object-namespace.ts';
import { healthRank, seenView, statesView, syncRank } from './views.ts';

type Lists = typeof LISTS.objects;

/** Columns are the answer's fields. */
export interface ObjectListRow extends Omit<FleetObject, 'differences'> {
  readonly differences: FleetObject['differences'] | null;
}

/** An object that an agent named is this one of the manifest. Where it says none, the kind has no namespaces. */
const isSame = (said: string, listed: string): string =>
  `${said}."group" = ${listed}.api_group and ${said}.kind = ${listed}.kind and ${said}.name = ${listed}.name
    and ${said}.namespace in (${listed}.namespace, '')`;

/**
 * Agents list only objects that are not as they should be; the others are known from the manifest. Of those nothing
 * is known while the cluster is silent, speaks of another manifest, or has more to say than a report holds.
 */
const objectsView = `${bundleNamespaces}, listed as not materialized (
  select s.cluster, s.bundle, s.cluster_labels, s.fresh, s.current, s.object_problem_count, s.said_objects,
    o.api_group, o.version, o.kind, ${objectNamespace} as namespace, o.name, o.images
  from states s
  join manifest_objects o on o.manifest_digest = s.manifest_digest
  left join bundle_namespaces d on d.name = s.bundle
  where s.assigned
), named as not materialized (
  select l.cluster, l.bundle, l.cluster_labels, l.fresh, l.current, l.object_problem_count,
    l.api_group as "group", l.version, l.kind, coalesce(p.namespace, l.namespace) as namespace, l.name, l.images,
    p.sync as said_sync, p.health as said_health, p.reason as said_reason, p.message as said_message, p.differences,
    l.object_problem_count <= coalesce(jsonb_array_length(l.said_objects), 0) as all_named
  from listed l
  left join lateral (
    select e.* from jsonb_to_recordset(l.said_objects)
      as e("group" text, kind text, namespace text, name text, sync text, health text, reason text, message text,
        differences jsonb)
    where ${isSame('e', 'l')}
    limit 1) p on true
  union all
  select s.cluster, s.bundle, s.cluster_labels, s.fresh, s.current, s.object_problem_count,
    e."group", e.version, e.kind, e.namespace, e.name, '{}'::text[], e.sync, e.health, e.reason, e.message,
    e.differences, true
  from states s
  cross join lateral jsonb_to_recordset(s.said_objects) as e("group" text, version text, kind text, namespace text,
    name text, sync text, health text, reason text, message text, differences jsonb)
  where s.said_objects is not null and not (s.assigned and exists (
    select 1 from (
      select o.api_group, o.kind, o.name, ${objectNamespace} as namespace
      from manifest_objects o left join bundle_namespaces d on d.name = s.bundle
      where o.manifest_digest = s.manifest_digest) l
    where ${isSame('e', 'l')}))
), view as not materialized (
  select n.cluster, n.bundle, n.cluster_labels, n."group", n.version, n.kind, n.namespace, n.name, n.images,
    case when n.fresh then n.differences end as differences,
    case when not n.fresh then 'Unknown' when n.said_sync is not null then n.said_sync
      when n.current and n.all_named then 'Synced' else 'Unknown' end as sync,
    case when not n.fresh then 'Unknown' when n.said_health is not null then n.said_health
      when n.current and n.all_named then 'Healthy' else 'Unknown' end as health,
    case when not n.fresh then 'Silent' when n.said_reason is not null then n.said_reason
      when n.current is not true then 'Waiting' when n.all_named then '' else 'NotReported' end as reason,
    case when not n.fresh then 'The cluster is silent: nothing is known of it now.'
      when n.said_message is not null then n.said_message
      when n.current is not true then 'The cluster has not yet reported what it makes of this manifest.'
      when n.all_named then '' else 'The report had no room for all objects that are not as they should be.' end as message
  from named n)`;

export function objectSource(
  leaseMs: number,
): ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> {
  return {
    list: 'objects',
    ctes: `${seenView(leaseMs)}, ${statesView}, ${objectsView}`,
    columns: `v.cluster, v.bundle, v."group", v.version, v.kind, v.namespace, v.name, v.images, v.sync, v.health, v.reason,
      v.message, v.differences`,
    from: 'from view v',
    sorts: {
      cluster: { sql: 'v.cluster', type: 'text' },
      bundle: { sql: 'v.bundle', type: 'text' },
      kind: { sql: 'v.kind', type: 'text' },
      namespace: { sql: 'v.namespace', type: 'text' },
      name: { sql: 'v.name', type: 'text' },
      sync: { sql: syncRank('v.sync'), type: 'integer' },
      health: { sql: healthRank('v.health'), type: 'integer' },
    },
    key: [
      { sql: 'v.cluster', type: 'text' },
      { sql: 'v.bundle', type: 'text' },
      { sql: 'v.kind', type: 'text' },
      { sql: 'v."group"', type: 'text' },
      { sql: 'v.namespace', type: 'text' },
      { sql: 'v.name', type: 'text' },
    ],
    filters: {
      cluster: { kind: 'text', sql: 'v.cluster' },
      bundle: { kind: 'text', sql: 'v.bundle' },
      group: { kind: 'text', sql: 'v."group"' },
      kind: { kind: 'text', sql: 'v.kind' },
      namespace: { kind: 'text', sql: 'v.namespace' },
      name: { kind: 'text', sql: 'v.name' },
      image: { kind: 'image', sql: 'v.images' },
      sync: { kind: 'choice', sql: 'v.sync', choices: SyncStatus.options },
      health: { kind: 'choice', sql: 'v.health', choices: HealthStatus.options },
    },
    labels: 'v.cluster_labels',
  };
}

export function toObject(row: ObjectListRow): FleetObject {
  return {
    cluster: row.cluster,
    bundle: row.bundle,
    group: row.group,
    version: row.version,
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    sync: row.sync,
    health: row.health,
    reason: row.reason,
    message: row.message,
    ...(row.differences && { differences: row.differences }),
    images: row.images,
  };
}
