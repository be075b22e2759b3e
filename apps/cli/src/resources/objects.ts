import type { FleetObject } from '@muster/api';
import { paintHealth, paintSync } from '../output/colours.ts';
import { firstLine, orNone } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const objects: Resource<FleetObject> = {
  list: 'objects',
  singular: 'object',
  columns: ({ colours }) => [
    { heading: 'CLUSTER', cell: (it) => it.cluster },
    { heading: 'BUNDLE', cell: (it) => it.bundle },
    { heading: 'KIND', cell: (it) => it.kind },
    { heading: 'NAMESPACE', cell: (it) => orNone(it.namespace) },
    { heading: 'NAME', cell: (it) => it.name },
    { heading: 'SYNC', cell: (it) => it.sync, paint: (it, text) => paintSync(colours, it.sync, text) },
    {
      heading: 'HEALTH',
      cell: (it) => it.health,
      paint: (it, text) => paintHealth(colours, it.health, text),
    },
    {
      heading: 'APIVERSION',
      cell: (it) => (it.group === '' ? it.version : `${it.group}/${it.version}`),
      wide: true,
    },
    { heading: 'IMAGES', cell: (it) => it.images.join(','), wide: true },
    { heading: 'MESSAGE', cell: (it) => firstLine(it.message) },
  ],
  nameOf: (it) => [it.cluster, it.bundle, it.group, it.kind, it.namespace, it.name].join('/'),
  find: (name) => ({ name }),
};
