import type { Bundle } from '@muster/api';
import { paintHealth, paintSync } from '../output/colours.ts';
import { firstLine, orNone, outOf, printPlace, shortSha } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const bundles: Resource<Bundle> = {
  list: 'bundles',
  singular: 'bundle',
  columns: ({ colours }) => [
    { heading: 'NAME', cell: (it) => it.name },
    {
      heading: 'STATE',
      cell: (it) => it.state,
      paint: (it, text) => (it.state === 'Good' ? text : colours.red(text)),
    },
    { heading: 'REVISION', cell: (it) => shortSha(it.revision) },
    {
      heading: 'SYNCED',
      cell: (it) => outOf(it.synced, it.targets),
      paint: (it, text) => paintSync(colours, it.sync, text),
    },
    {
      heading: 'HEALTHY',
      cell: (it) => outOf(it.healthy, it.targets),
      paint: (it, text) => paintHealth(colours, it.health, text),
    },
    {
      heading: 'PAUSED',
      cell: (it) => (it.paused === null ? '' : 'Paused'),
      paint: (_, text) => colours.yellow(text),
    },
    { heading: 'PROBLEM', cell: firstProblem },
    { heading: 'NAMESPACE', cell: (it) => orNone(it.namespace), wide: true },
    { heading: 'OBJECTS', cell: (it) => String(it.objectCount), wide: true },
    { heading: 'SOURCE', cell: (it) => it.source.path || '.', wide: true },
    { heading: 'DEFINED', cell: (it) => printPlace(it.definedIn), wide: true },
  ],
  nameOf: (it) => it.name,
  find: (name) => ({ name }),
};

function firstProblem({ problems: [first, ...others] }: Bundle): string {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${printPlace(first)} ${firstLine(first.message)}${more}`;
}
