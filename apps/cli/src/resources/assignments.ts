import type { Assignment } from '@muster/api';
import { paintHealth, paintSync } from '../output/colours.ts';
import { ago, firstLine, outOf, shortSha } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const assignments: Resource<Assignment> = {
  list: 'assignments',
  singular: 'assignment',
  columns: ({ colours, now }) => [
    { heading: 'CLUSTER', cell: (it) => it.cluster },
    { heading: 'BUNDLE', cell: (it) => it.bundle },
    { heading: 'REVISION', cell: (it) => shortSha(it.revision) },
    { heading: 'SYNC', cell: syncCell, paint: (it, text) => paintSync(colours, it.sync, text) },
    { heading: 'HEALTH', cell: healthCell, paint: (it, text) => paintHealth(colours, it.health, text) },
    { heading: 'REASON', cell: (it) => it.reason },
    { heading: 'OBSERVED', cell: (it) => ago(it.observedAt, now), ages: true },
    {
      heading: 'OBJECTS',
      cell: (it) => outOf(it.objectCount - it.objectProblemCount, it.objectCount),
      wide: true,
    },
    { heading: 'WARNINGS', cell: (it) => String(it.warnings.length), wide: true },
    { heading: 'MANIFEST', cell: (it) => it.manifestDigest.slice(0, 'sha256:'.length + 12), wide: true },
    { heading: 'MESSAGE', cell: (it) => firstLine(it.message) },
  ],
  nameOf: (it) => `${it.cluster}/${it.bundle}`,
  find: (name) => {
    const [cluster, bundle] = name.split('/', 2);
    return { cluster, bundle };
  },
};

/** A silent cluster's status is Unknown, with what it said last beside it. */
function syncCell(it: Assignment): string {
  return it.lastKnown === null ? it.sync : `${it.sync} (was ${it.lastKnown.sync})`;
}

function healthCell(it: Assignment): string {
  return it.lastKnown === null ? it.health : `${it.health} (was ${it.lastKnown.health})`;
}
