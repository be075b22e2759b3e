import { HEALTH_WORST_FIRST, SYNC_WORST_FIRST } from '@muster/api';

/** How bad a status is, from 1, the worst: what lists sort by and wholes are made of. */
export const syncRank = (sql: string): string =>
  `array_position(array[${SYNC_WORST_FIRST.map((it) => `'${it}'`).join(',')}], ${sql})`;
export const healthRank = (sql: string): string =>
  `array_position(array[${HEALTH_WORST_FIRST.map((it) => `'${it}'`).join(',')}], ${sql})`;

export const worstSync = (sql: string): string =>
  `(array[${SYNC_WORST_FIRST.map((it) => `'${it}'`).join(',')}])[min(${syncRank(sql)})]`;
export const worstHealth = (sql: string): string =>
  `(array[${HEALTH_WORST_FIRST.map((it) => `'${it}'`).join(',')}])[min(${healthRank(sql)})]`;

/**
 * `seen`: the clusters that are there, with `connected`, `seen_at` and `fresh`. A session counts while the replica
 * that has it beats, which ends sessions that are silent for a lease; so whoever has one was heard a lease before the
 * latest beat, or later. What a cluster said is `fresh` until it has been silent for a lease.
 */
export function seenView(leaseMs: number): string {
  const lease = `interval '${Math.trunc(leaseMs)} milliseconds'`;
  return `seen as not materialized (
  select c.*, s.connected, s.seen_at, s.connected or coalesce(s.seen_at > now() - ${lease}, false) as fresh
  from clusters c
  left join replicas r on r.id = c.session_replica
  cross join lateral (select coalesce(r.heartbeat_at > now() - ${lease}, false) as connected,
    greatest(c.last_seen, r.heartbeat_at - ${lease}) as seen_at) s
  where c.removed_at is null)`;
}

/**
 * `states`: each assignment with what its cluster says of it, and those that have left the desired state but not yet
 * the cluster (`assigned` false). `sync` and `health` are Unknown where the cluster is silent; a Synced that is about
 * a former manifest, or was planned before the assignment changed, is OutOfSync. What was said stays in `said_…`. Needs `seen`.
 */
export const statesView = `states as not materialized (
  select p.*, c.name as cluster, c.labels as cluster_labels, c.fresh,
    case when not c.fresh or p.said_sync is null then 'Unknown'
      when p.said_sync = 'Synced' and not p.current then 'OutOfSync' else p.said_sync end as sync,
    case when not c.fresh or p.said_health is null then 'Unknown' else p.said_health end as health
  from (
    select a.cluster_id, a.bundle, true as assigned, a.revision, a.manifest_digest, a.paused,
      s.manifest_digest = a.manifest_digest and (s.epoch, s.generation) >= (a.epoch, a.generation) as current, s.manifest_digest as said_digest, s.sync as said_sync,
      s.health as said_health, s.reason as said_reason, s.message as said_message, s.objects as said_objects,
      s.object_count as said_object_count, coalesce(s.object_problem_count, 0) as object_problem_count,
      coalesce(s.warnings, '{}') as warnings, s.observed_at
    from assignments a
    left join assignment_statuses s on s.cluster_id = a.cluster_id and s.bundle = a.bundle
    union all
    select s.cluster_id, s.bundle, false, '', s.manifest_digest, false,
      false, s.manifest_digest, s.sync, s.health, s.reason, s.message, s.objects,
      s.object_count, s.object_problem_count, s.warnings, s.observed_at
    from assignment_statuses s
    where not exists (select 1 from assignments a where a.cluster_id = s.cluster_id and a.bundle = s.bundle)
  ) p
  join seen c on c.id = p.cluster_id)`;

/** A cluster's own status, from the worst of its assignments; `c` is of `seen`. One without any is as it should be. */
export const clusterSync = (worst: string): string =>
  `case when not c.fresh then 'Unknown' else coalesce(${worst}, 'Synced') end`;
export const clusterHealth = (worst: string): string =>
  `case when not c.fresh then 'Unknown' else coalesce(${worst}, 'Healthy') end`;

/**
 * The rollup of `states` by a column of it. What is on its way out counts for the worst, and for no count. Equal
 * states are counted first, so that what is costly is done for few.
 */
export function rollupView(name: string, by: 'cluster_id' | 'bundle'): string {
  return `${name} as (
  select ${by}, coalesce(sum(n) filter (where assigned), 0)::integer as total,
    coalesce(sum(n) filter (where assigned and sync = 'Synced'), 0)::integer as synced,
    coalesce(sum(n) filter (where assigned and health = 'Healthy'), 0)::integer as healthy,
    ${worstSync('sync')} as sync, ${worstHealth('health')} as health
  from (select ${by}, assigned, sync, health, count(*) as n from states group by ${by}, assigned, sync, health) equal
  group by ${by})`;
}

/** The pause of everything, else the one of this bundle or cluster, as jsonb. */
export function widestPause(scope: 'Bundle' | 'Cluster', name: string): string {
  const one = (condition: string): string =>
    `(select jsonb_build_object('scope', p.scope, 'name', p.name, 'reason', p.reason, 'by', p.by, 'since', p.since)
      from pauses p where ${condition})`;
  return `coalesce(${one(`p.scope = 'All' and p.name = ''`)}, ${one(`p.scope = '${scope}' and p.name = ${name}`)})`;
}
