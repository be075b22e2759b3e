import * as wire from '@muster/contracts';
import { desiredState } from '@muster/manifest';
import type { DesiredState, Digest } from '@muster/manifest';
import type { HealthStatus } from '@muster/health';
import type { ClusterFacts } from '../hub-port.ts';
import type { AssignmentStatus, ObjectStatus, SyncStatus } from '../status/model.ts';

const SYNC: Record<SyncStatus, wire.SyncStatus> = {
  Synced: wire.SyncStatus.SYNC_STATUS_SYNCED,
  OutOfSync: wire.SyncStatus.SYNC_STATUS_OUT_OF_SYNC,
  Unknown: wire.SyncStatus.SYNC_STATUS_UNKNOWN,
};

export const HEALTH: Record<HealthStatus, wire.HealthStatus> = {
  Healthy: wire.HealthStatus.HEALTH_STATUS_HEALTHY,
  Progressing: wire.HealthStatus.HEALTH_STATUS_PROGRESSING,
  Degraded: wire.HealthStatus.HEALTH_STATUS_DEGRADED,
  Suspended: wire.HealthStatus.HEALTH_STATUS_SUSPENDED,
  Missing: wire.HealthStatus.HEALTH_STATUS_MISSING,
  Unknown: wire.HealthStatus.HEALTH_STATUS_UNKNOWN,
};

/** `undefined` for bytes that are no DesiredState, or one without a version. */
export function decodeDesiredState(bytes: Uint8Array): DesiredState | undefined {
  let message: wire.DesiredState;
  try {
    message = wire.DesiredState.decode(bytes);
  } catch {
    return undefined;
  }
  const { version, deletionGuard } = message;
  if (version === undefined) return undefined;
  return desiredState({
    version,
    // The digest's form is checked with the rest of the state, by `problemsOfDesiredState`.
    assignments: message.assignments.map((assignment) => ({
      ...assignment,
      manifestDigest: assignment.manifestDigest as Digest,
    })),
    paused: message.paused,
    pruneHolds: message.pruneHolds,
    deletionConsents: message.deletionConsents.map(({ bundle }) => bundle),
    ...(deletionGuard !== undefined && { deletionGuard }),
    pausedLeaving: message.pausedLeaving,
  });
}

export function encodeStatus(status: AssignmentStatus): wire.AssignmentStatus {
  return {
    bundle: status.bundle,
    manifestDigest: status.manifestDigest ?? '',
    version: status.version,
    sync: SYNC[status.sync],
    health: HEALTH[status.health],
    reason: status.reason,
    message: status.message,
    objects: status.objects.map(encodeObjectStatus),
    objectCount: status.objectCount,
    objectProblemCount: status.objectProblemCount,
    warnings: [...status.warnings],
    observedAtUnixMs: BigInt(Math.trunc(status.observedAt)),
    gone: status.gone,
  };
}

export function encodeFacts(facts: ClusterFacts): wire.Facts {
  const { kubernetesVersion, apiResources, complete } = facts;
  return wire.Facts.fromPartial({ kubernetesVersion, apiResources: [...apiResources], complete });
}

function encodeObjectStatus(status: ObjectStatus): wire.ObjectStatus {
  const { object, sync, health, reason, message, differences = [] } = status;
  return {
    object: { ...object },
    sync: SYNC[sync],
    health: HEALTH[health],
    reason,
    message,
    differences: differences.map((difference) => ({ ...difference })),
  };
}
