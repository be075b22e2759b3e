import type { Attention } from '@muster/api';
import { healthRank, seenView, statesView, syncRank } from './views.ts';

export type AttentionRow = Attention;

const MAX_ATTENTION = 20;

/**
 * What a person should look at, the widest harm first: the repo, the newest commit, bundles, clusters, assignments.
 * A silent cluster is named once, not with each of its assignments; what is being applied at present is no trouble.
 * A cluster that is ahead of the hub's own state can only be one that a restored backup doesn't know of.
 */
export function attentionQuery(leaseMs: number): string {
  return `with ${seenView(leaseMs)}, ${statesView}
  select kind, name, message from (
    select 1 as rank, 0 as worst, 'Repo' as kind, url as name, error as message from repo where error is not null
    union all
    select 2, 0, 'Revision', r.sha, coalesce(concat_ws(': ',
      nullif(concat_ws(':', nullif(r.problems -> 0 ->> 'file', ''), r.problems -> 0 ->> 'line'), ''),
      nullif(r.problems -> 0 ->> 'field', ''), r.problems -> 0 ->> 'message'), 'It was refused.')
    from revisions r where r.state = 'Refused' and r.seq = (select max(seq) from revisions)
    union all
    select 3, 0, 'Bundle', b.name, coalesce(b.problems -> 0 ->> 'message', 'It does not render.')
    from bundles b where b.problems <> '[]'
    union all
    select 4, 0, 'Cluster', c.name, 'It holds desired state ' || c.applied_epoch || '.' || c.applied_generation
      || ', newer than this hub''s, and follows none of it: if the database was restored from a backup, run muster recover.'
    from seen c join desired_states d on d.cluster_id = c.id
    where (c.applied_epoch, c.applied_generation) > (d.epoch, d.generation)
    union all
    select 4, 1, 'Cluster', c.name, 'It is silent: nothing is known of it now.'
    from seen c where c.enrolled_at is not null and not c.fresh
    union all
    select 5, least(${syncRank('s.sync')} * 10, ${healthRank('s.health')}), 'Assignment', s.bundle || ' on ' || s.cluster,
      coalesce(nullif(s.said_message, ''), concat_ws(', ', s.sync, s.health))
    from states s where s.fresh and s.said_reason <> 'Applying'
      and (s.said_sync = 'OutOfSync' or s.said_health in ('Degraded', 'Missing'))
  ) found order by rank, worst, name collate "C" limit ${MAX_ATTENTION}`;
}
