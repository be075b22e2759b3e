import type {
  KubernetesEvent,
  LiveDifference,
  LogEntry,
  ObjectChange,
  ObjectRef,
  TreeNode,
} from '@muster/api';
import {
  HealthStatus,
  type InspectPart,
  type ObjectDifference,
  ObjectDifference_Change,
  type TreeNode as WireNode,
} from '@muster/contracts';
import { plain } from '../../status/status-row.ts';

type Health = TreeNode['health'];

const healths: ReadonlyMap<number, Health> = new Map([
  [HealthStatus.HEALTH_STATUS_HEALTHY, 'Healthy'],
  [HealthStatus.HEALTH_STATUS_PROGRESSING, 'Progressing'],
  [HealthStatus.HEALTH_STATUS_DEGRADED, 'Degraded'],
  [HealthStatus.HEALTH_STATUS_SUSPENDED, 'Suspended'],
  [HealthStatus.HEALTH_STATUS_MISSING, 'Missing'],
]);

const changes: ReadonlyMap<number, ObjectChange> = new Map([
  [ObjectDifference_Change.CHANGE_NONE, 'None'],
  [ObjectDifference_Change.CHANGE_CREATE, 'Create'],
  [ObjectDifference_Change.CHANGE_UPDATE, 'Update'],
  [ObjectDifference_Change.CHANGE_DELETE, 'Delete'],
]);

/** What a newer agent may say beyond what this hub knows counts as unknown. */
export function treeNode(node: WireNode | undefined): TreeNode {
  return {
    ...objectRef(node?.object),
    uid: plain(node?.uid ?? ''),
    parentUid: plain(node?.parentUid ?? ''),
    health: healths.get(node?.health ?? 0) ?? 'Unknown',
    message: plain(node?.message ?? ''),
    createdAt: timestamp(node?.createdAtUnixMs),
    terminating: node?.terminating ?? false,
  };
}

export function liveDifference({ object, change, fields, message }: ObjectDifference): LiveDifference {
  return {
    ...objectRef(object),
    change: changes.get(change) ?? 'Unknown',
    fields: fields.map(({ path, desired, live, manager }) => ({
      path: plain(path),
      desired: plain(desired),
      live: plain(live),
      manager: plain(manager),
    })),
    message: plain(message),
  };
}

export function kubernetesEvent(
  event: Extract<NonNullable<InspectPart['part']>, { $case: 'event' }>['value'],
): KubernetesEvent {
  return {
    ...objectRef(event.object),
    type: plain(event.type),
    reason: plain(event.reason),
    message: plain(event.message),
    count: event.count,
    firstAt: timestamp(event.firstAtUnixMs),
    lastAt: timestamp(event.lastAtUnixMs),
    source: plain(event.source),
  };
}

/** `undefined` for parts that have no place in a log. */
export function logEntry({ part }: InspectPart): LogEntry | undefined {
  switch (part?.$case) {
    case 'source':
      return { type: 'source', ...containerOf(part.value) };
    case 'line':
      return { type: 'line', ...containerOf(part.value.source), text: plain(part.value.text) };
    case 'notice':
      return { type: 'notice', message: plain(part.value) };
    default:
      return undefined;
  }
}

function containerOf(source: { namespace: string; pod: string; container: string } | undefined) {
  const { namespace = '', pod = '', container = '' } = source ?? {};
  return { namespace: plain(namespace), pod: plain(pod), container: plain(container) };
}

function objectRef(object: ObjectRef | undefined): ObjectRef {
  const { group = '', version = '', kind = '', namespace = '', name = '' } = object ?? {};
  return {
    group: plain(group),
    version: plain(version),
    kind: plain(kind),
    namespace: plain(namespace),
    name: plain(name),
  };
}

/** The latest time that a `Date` holds. */
const maxTime = 8_640_000_000_000_000n;

function timestamp(time: bigint | undefined): string | null {
  if (time === undefined || time <= 0n || time > maxTime) return null;
  return new Date(Number(time)).toISOString();
}
