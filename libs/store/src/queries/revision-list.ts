import { type LISTS, type RepoProblem, type Revision, RevisionState } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { timestamp } from './times.ts';

type Lists = typeof LISTS.revisions;

export interface RevisionListRow {
  readonly sha: string;
  readonly message: string;
  readonly author: string;
  readonly committed_at: Date;
  readonly state: RevisionState;
  readonly newest: boolean;
  readonly problems: RepoProblem[];
  readonly bundles_total: number;
  readonly bundles_failing: number;
  readonly failures: Revision['failures'];
  readonly seen_at: Date;
  readonly resolve_ms: number | null;
}

/** A commit that was left and came back is there once for each time; only the last can be the newest. */
export const revisionSource: ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> = {
  list: 'revisions',
  ctes: `head as (
    select r.seq from revisions r join repo on repo.head = r.sha order by r.seq desc limit 1)`,
  columns: `v.sha, v.message, v.author, v.committed_at, v.state, h.seq is not null as newest, v.problems,
    v.bundles_total, v.bundles_failing, v.failures, v.seen_at, v.resolve_ms`,
  from: 'from revisions v left join head h on h.seq = v.seq',
  sorts: {
    seenAt: { sql: 'v.seen_at', type: 'timestamptz' },
    committedAt: { sql: 'v.committed_at', type: 'timestamptz' },
    state: { sql: 'v.state', type: 'text' },
  },
  key: [{ sql: 'v.seq', type: 'bigint' }],
  filters: {
    sha: { kind: 'prefix', sql: 'v.sha' },
    state: { kind: 'choice', sql: 'v.state', choices: RevisionState.options },
  },
};

export function toRevision(row: RevisionListRow): Revision {
  return {
    sha: row.sha,
    message: row.message,
    author: row.author,
    committedAt: timestamp(row.committed_at),
    state: row.state,
    newest: row.newest,
    problems: row.problems,
    bundles: { total: row.bundles_total, failing: row.bundles_failing },
    failures: row.failures,
    seenAt: timestamp(row.seen_at),
    resolveMs: row.resolve_ms,
  };
}
