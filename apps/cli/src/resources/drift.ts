import type { Drift } from '@muster/api';
import { firstLine, orNone } from '../output/text.ts';
import type { Resource } from './resource.ts';

/** What stands in a table: the whole of it is in `-o json`. */
const maxCell = 40;

export const drift: Resource<Drift> = {
  list: 'drift',
  singular: 'drift',
  columns: () => [
    { heading: 'CLUSTER', cell: (it) => it.cluster },
    { heading: 'BUNDLE', cell: (it) => it.bundle },
    { heading: 'OBJECT', cell: objectOf },
    { heading: 'FIELD', cell: (it) => orNone(it.field) },
    { heading: 'DESIRED', cell: (it) => valueCell(it, it.desired) },
    { heading: 'LIVE', cell: (it) => valueCell(it, it.live) },
    { heading: 'MANAGER', cell: (it) => orNone(it.manager) },
    { heading: 'REASON', cell: (it) => it.reason },
    {
      heading: 'APIVERSION',
      cell: (it) => (it.group === '' ? it.version : `${it.group}/${it.version}`),
      wide: true,
    },
    { heading: 'MESSAGE', cell: (it) => firstLine(it.message), wide: true },
  ],
  nameOf: (it) =>
    [it.cluster, it.bundle, it.group, it.kind, it.namespace, it.name].join('/') +
    (it.field === '' ? '' : `#${it.field}`),
  find: (name) => ({ name }),
};

function objectOf(it: Drift): string {
  return [it.kind, it.namespace, it.name].filter((part) => part !== '').join('/');
}

/** A Secret's values are never told. */
function valueCell(it: Drift, value: string): string {
  if (value === '' && it.field !== '' && it.group === '' && it.kind === 'Secret') return '<masked>';
  return orNone(value.length <= maxCell ? value : `${value.slice(0, maxCell - 1)}…`);
}
