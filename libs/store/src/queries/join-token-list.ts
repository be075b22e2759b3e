import type { JoinToken, LISTS } from '@muster/api';
import type { ListSource, SortNames } from './list-source.ts';
import { timestamp } from './times.ts';

type Lists = (typeof LISTS)['join-tokens'];

export interface JoinTokenListRow {
  readonly id: string;
  readonly name: string | null;
  readonly labels: Record<string, string>;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly max_uses: number;
  readonly uses: number;
}

export const joinTokenSource: ListSource<SortNames<Lists['sort']>, Lists['filters'][number]> = {
  list: 'join-tokens',
  ctes: '',
  columns: 'v.id, v.name, v.labels, v.created_at, v.expires_at, v.max_uses, v.uses',
  from: 'from join_tokens v',
  sorts: {
    createdAt: { sql: 'v.created_at', type: 'timestamptz' },
    name: { sql: `coalesce(v.name, '')`, type: 'text' },
  },
  key: [{ sql: 'v.id', type: 'text' }],
  filters: { name: { kind: 'text', sql: 'v.name' } },
};

export function toJoinToken(row: JoinTokenListRow): JoinToken {
  return {
    id: row.id,
    name: row.name,
    labels: row.labels,
    createdAt: timestamp(row.created_at),
    expiresAt: timestamp(row.expires_at),
    maxUses: row.max_uses,
    uses: row.uses,
  };
}
