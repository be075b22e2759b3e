import type { FleetEvent, LISTS } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { timestamp } from './times.ts';

type Lists = typeof LISTS.events;

export interface EventListRow {
  readonly seq: string;
  readonly at: Date;
  readonly kind: string;
  readonly by: string;
  readonly cluster: string | null;
  readonly bundle: string | null;
  readonly message: string;
}

/** In the order in which they were written, which is that of time but for clocks that are set. */
export const eventSource: ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> = {
  list: 'events',
  ctes: '',
  columns: 'v.seq, v.at, v.kind, v.by, v.cluster, v.bundle, v.message',
  from: 'from events v',
  sorts: { at: { sql: 'v.seq', type: 'bigint' } },
  key: [{ sql: 'v.seq', type: 'bigint' }],
  filters: {
    cluster: { kind: 'text', sql: 'v.cluster' },
    bundle: { kind: 'text', sql: 'v.bundle' },
    type: { kind: 'text', sql: 'v.kind' },
  },
};

export function toEvent(row: EventListRow): FleetEvent {
  return {
    id: row.seq,
    at: timestamp(row.at),
    type: row.kind,
    by: row.by,
    cluster: row.cluster,
    bundle: row.bundle,
    message: row.message,
  };
}
