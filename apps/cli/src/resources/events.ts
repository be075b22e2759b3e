import type { FleetEvent } from '@muster/api';
import { ago, firstLine } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const events: Resource<FleetEvent> = {
  list: 'events',
  singular: 'event',
  columns: ({ now }) => [
    { heading: 'AGE', cell: (it) => ago(it.at, now), ages: true },
    { heading: 'TYPE', cell: (it) => it.type },
    { heading: 'CLUSTER', cell: (it) => it.cluster ?? '' },
    { heading: 'BUNDLE', cell: (it) => it.bundle ?? '' },
    { heading: 'BY', cell: (it) => it.by },
    { heading: 'AT', cell: (it) => it.at, wide: true },
    { heading: 'MESSAGE', cell: (it) => firstLine(it.message) },
  ],
  nameOf: (it) => it.id,
  find: (type) => ({ type }),
};
