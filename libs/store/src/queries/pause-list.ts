import type { LISTS, Pause } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { timestamp } from './times.ts';

type Lists = typeof LISTS.pauses;

/** As `widestPause` makes it, or as a row. */
export interface PauseListRow {
  readonly scope: Pause['scope'];
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly since: string | Date;
}

/** The widest first: scopes stand in the order of the alphabet too. */
export const pauseSource: ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> = {
  list: 'pauses',
  ctes: '',
  columns: 'v.scope, v.name, v.reason, v.by, v.since',
  from: 'from pauses v',
  sorts: {
    scope: { sql: 'v.scope', type: 'text' },
    name: { sql: 'v.name', type: 'text' },
    since: { sql: 'v.since', type: 'timestamptz' },
  },
  key: [
    { sql: 'v.scope', type: 'text' },
    { sql: 'v.name', type: 'text' },
  ],
  filters: {
    scope: { kind: 'choice', sql: 'v.scope', choices: ['All', 'Bundle', 'Cluster'] },
    name: { kind: 'text', sql: 'v.name' },
  },
};

export function toPause(row: PauseListRow): Pause {
  return { scope: row.scope, name: row.name, reason: row.reason, by: row.by, since: timestamp(row.since) };
}
