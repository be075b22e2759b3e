import type { Cluster } from '@muster/api';
import { paintHealth, paintSync } from '../output/colours.ts';
import { ago, orNone, outOf, printLabels } from '../output/text.ts';
import type { Resource } from './resource.ts';

export const clusters: Resource<Cluster> = {
  list: 'clusters',
  singular: 'cluster',
  columns: ({ colours, now }) => [
    { heading: 'NAME', cell: (it) => it.name },
    {
      heading: 'CONNECTED',
      cell: connection,
      paint: (it, text) => (it.connected ? text : colours.yellow(text)),
    },
    { heading: 'SYNC', cell: (it) => it.sync, paint: (it, text) => paintSync(colours, it.sync, text) },
    {
      heading: 'HEALTH',
      cell: (it) => it.health,
      paint: (it, text) => paintHealth(colours, it.health, text),
    },
    { heading: 'BUNDLES', cell: (it) => outOf(it.assignments.synced, it.assignments.total) },
    { heading: 'SEEN', cell: (it) => ago(it.lastSeen, now), ages: true },
    {
      heading: 'PAUSED',
      cell: (it) => (it.paused === null ? '' : 'Paused'),
      paint: (_, text) => colours.yellow(text),
    },
    { heading: 'KUBERNETES', cell: (it) => orNone(it.kubernetesVersion), wide: true },
    { heading: 'AGENT', cell: (it) => orNone(it.agentVersion), wide: true },
    { heading: 'GENERATION', cell: generation, wide: true },
    { heading: 'LABELS', cell: (it) => printLabels(it.labels), wide: true },
  ],
  nameOf: (it) => it.name,
  find: (name) => ({ name }),
};

function connection(it: Cluster): string {
  if (it.enrolledAt === null) return 'NotEnrolled';
  return it.connected ? 'Yes' : 'No';
}

/** `applied/desired`, so that one that lags behind is seen. */
function generation({ applied, desired }: Cluster): string {
  return `${applied?.generation ?? '-'}/${desired?.generation ?? '-'}`;
}
