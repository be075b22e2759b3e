import {
  type AssignmentStatus,
  type FieldDifference,
  HealthStatus,
  type ObjectStatus,
  SyncStatus,
} from '@muster/contracts';
import type { StatusRow } from '@muster/store';

const syncWords: Readonly<Record<number, string>> = {
  [SyncStatus.SYNC_STATUS_SYNCED]: 'Synced',
  [SyncStatus.SYNC_STATUS_OUT_OF_SYNC]: 'OutOfSync',
};

const healthWords: Readonly<Record<number, string>> = {
  [HealthStatus.HEALTH_STATUS_HEALTHY]: 'Healthy',
  [HealthStatus.HEALTH_STATUS_PROGRESSING]: 'Progressing',
  [HealthStatus.HEALTH_STATUS_DEGRADED]: 'Degraded',
  [HealthStatus.HEALTH_STATUS_SUSPENDED]: 'Suspended',
  [HealthStatus.HEALTH_STATUS_MISSING]: 'Missing',
};

/** PostgreSQL's bigint. */
const maxBigint = 2n ** 63n - 1n;

/**
 * A status as a row, so that nothing an agent says can break the statement that writes it together with the others':
 * words that we don't know become Unknown, numbers stay in range, no text holds what PostgreSQL can't.
 */
export function statusRow(
  cluster: { readonly clusterId: string; readonly session: bigint; readonly sequence: bigint },
  status: AssignmentStatus,
  now: number,
): StatusRow {
  const observedAt = Number(status.observedAtUnixMs);
  return {
    cluster_id: cluster.clusterId,
    bundle: plain(status.bundle),
    session: cluster.session.toString(),
    sequence: bounded(cluster.sequence),
    manifest_digest: plain(status.manifestDigest),
    epoch: bounded(status.version?.epoch ?? 0n),
    generation: bounded(status.version?.generation ?? 0n),
    sync: syncWord(status.sync),
    health: healthWord(status.health),
    reason: plain(status.reason),
    message: plain(status.message),
    objects: status.objects.length === 0 ? null : status.objects.map(objectOf),
    object_count: count(status.objectCount),
    object_problem_count: count(status.objectProblemCount),
    warnings: status.warnings.map(plain),
    // Nothing was seen in the future: a clock that is ahead doesn't make a status fresher than it is.
    observed_at: observedAt > 0 && observedAt < now ? observedAt : now,
  };
}

/** What an agent may tell of one object: as many differences as it promises, and texts a little longer. */
const maxDifferences = 20;
const maxText = 512;

function differenceOf({ path, desired, live, manager }: FieldDifference): unknown {
  const text = (value: string): string => plain(value.slice(0, maxText));
  return { path: text(path), desired: text(desired), live: text(live), manager: text(manager) };
}

function objectOf({ object, sync, health, reason, message, differences }: ObjectStatus): unknown {
  return {
    group: plain(object?.group ?? ''),
    version: plain(object?.version ?? ''),
    kind: plain(object?.kind ?? ''),
    namespace: plain(object?.namespace ?? ''),
    name: plain(object?.name ?? ''),
    sync: syncWord(sync),
    health: healthWord(health),
    reason: plain(reason),
    message: plain(message),
    ...(differences.length > 0 && {
      differences: differences.slice(0, maxDifferences).map(differenceOf),
    }),
  };
}

function syncWord(status: SyncStatus): string {
  return syncWords[status] ?? 'Unknown';
}

function healthWord(status: HealthStatus): string {
  return healthWords[status] ?? 'Unknown';
}

export function bounded(value: bigint): string {
  return (value > maxBigint ? maxBigint : value).toString();
}

function count(value: number): number {
  return Math.min(value, 2 ** 31 - 1);
}

/** Text without NUL, which neither `text` nor `jsonb` can hold. */
export function plain(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
