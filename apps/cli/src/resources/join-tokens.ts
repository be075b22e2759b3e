import type { JoinToken } from '@muster/api';
import { orNone, printLabels } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const joinTokens: Resource<JoinToken> = {
  list: 'join-tokens',
  singular: 'join-token',
  columns: () => [
    { heading: 'ID', cell: (it) => it.id },
    { heading: 'CLUSTER', cell: (it) => (it.name === null ? '<any>' : orNone(it.name)) },
    { heading: 'USES', cell: (it) => `${it.uses} of ${it.maxUses}` },
    { heading: 'EXPIRES', cell: (it) => it.expiresAt },
    { heading: 'LABELS', cell: (it) => printLabels(it.labels) },
  ],
  nameOf: (it) => it.id,
  find: (name) => ({ name }),
};
