import type { Pause } from '@muster/api';
import { ago, firstLine } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const pauses: Resource<Pause> = {
  list: 'pauses',
  singular: 'pause',
  columns: ({ now }) => [
    { heading: 'SCOPE', cell: (it) => it.scope },
    { heading: 'NAME', cell: (it) => it.name },
    { heading: 'AGE', cell: (it) => ago(it.since, now), ages: true },
    { heading: 'BY', cell: (it) => it.by },
    { heading: 'REASON', cell: (it) => firstLine(it.reason) },
  ],
  nameOf: (it) => (it.scope === 'All' ? 'all' : `${it.scope.toLowerCase()}/${it.name}`),
  find: (name) => ({ name }),
};
