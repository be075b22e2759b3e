import { plainLine } from '@muster/health';
import type { KubeClient, KubeObject } from '@muster/kube';
import { events } from '../resources.ts';
import type { ClusterEvent } from './model.ts';
import { fieldsOf, textOf } from './read.ts';
import { maskCredentials } from './redactor.ts';
import { readSafely } from './safely.ts';
import type { Branch } from './tree.ts';

const maxPerNamespace = 5_000;
const maxEvents = 500;
const maxMessage = 1_000;
/** Whoever may write events may write any number. */
const maxCount = 2 ** 31 - 1;

/** What Kubernetes and its controllers told about these objects, the latest last. It keeps that for an hour or so. */
export async function eventsOf(
  branches: readonly Branch[],
  kube: KubeClient,
  onNotice: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly ClusterEvent[]> {
  const about = new Map(branches.filter(({ node }) => node.uid).map(({ node }) => [node.uid, node.object]));
  // Events about what has no namespace are in this one.
  const namespaces = new Set([...about.values()].map(({ namespace }) => namespace || 'default'));
  const found: ClusterEvent[] = [];
  for (const namespace of namespaces) {
    const list = await readSafely(`events in ${namespace}`, onNotice, () =>
      kube.list(events, { namespace, maxItems: maxPerNamespace, signal }),
    );
    if (list?.isCut) onNotice(`there are more events in ${namespace} than were looked at`);
    for (const item of list?.items ?? []) {
      const object = about.get(textOf(fieldsOf(item['involvedObject']).uid));
      if (object) found.push(eventOf(item, object));
    }
  }
  found.sort((a, b) => a.lastAt - b.lastAt);
  if (found.length > maxEvents) onNotice(`only the latest ${maxEvents} of ${found.length} events are shown`);
  return found.slice(-maxEvents);
}

/** `series` is how newer reporters count; older ones have the count and the times in the event itself. */
export function eventOf(item: KubeObject, object: ClusterEvent['object']): ClusterEvent {
  const series = fieldsOf(item['series']);
  const first = time(item['firstTimestamp']) || time(item['eventTime']);
  const count = [series.count, item['count']].find((it) => typeof it === 'number' && it >= 1);
  return {
    object,
    type: plainLine(textOf(item['type']), 40),
    reason: plainLine(textOf(item['reason']), 128),
    // A probe's or a hook's own words may stand in it.
    message: maskCredentials(plainLine(textOf(item['message']), maxMessage)),
    count: typeof count === 'number' ? Math.min(Math.trunc(count), maxCount) : 1,
    firstAt: first,
    lastAt: time(series.lastObservedTime) || time(item['lastTimestamp']) || first,
    source: plainLine(textOf(fieldsOf(item['source']).component) || textOf(item['reportingComponent']), 128),
  };
}

function time(value: unknown): number {
  return Date.parse(textOf(value)) || 0;
}
