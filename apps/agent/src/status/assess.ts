import { describeObject, isVerified } from '@muster/apply-plan';
import type { InventoryEntry, Plan, Skip } from '@muster/apply-plan';
import { beingDeleted, worseHealth } from '@muster/health';
import type { HealthStatus } from '@muster/health';
import { parseObjectId } from '@muster/manifest';
import type { ObjectId, Version } from '@muster/manifest';
import type { WantedBundle, WantedObject } from '../core/bundles.ts';
import type { Failure } from '../core/failures.ts';
import type { LiveRecord } from '../core/live-record.ts';
import type { Unseen } from '../core/unseen.ts';
import { listed } from './listed.ts';
import { sayOf } from './say.ts';
import type { AssignmentStatus, FieldDifference, ObjectStatus, StatusReason, SyncStatus } from './model.ts';

/** All that statuses are made from. */
export interface Knowledge {
  readonly version: Version;
  readonly paused: boolean;
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
  readonly record: (id: ObjectId) => LiveRecord | undefined;
  readonly failure: (id: ObjectId) => Failure | undefined;
  /** It was looked at and is as its manifest says, though nobody would see it change. */
  readonly isSame?: (id: ObjectId) => boolean;
  readonly observationProblem: (id: ObjectId) => Unseen | undefined;
  /** What fails behind a workload that is not well, as far as it was looked at. */
  readonly trouble: (id: ObjectId) => string | undefined;
  /** The API server has not answered for long: nothing is known of the present. */
  readonly clusterIsAway: boolean;
  /** What can't be watched for long, and why, by `<group>/<kind>`, or that and a namespace. */
  readonly blindKinds: ReadonlyMap<string, Unseen>;
  /** Bundles that have waited for health longer than the seconds that they may. */
  readonly lateBundles?: ReadonlyMap<string, number>;
  readonly observedAt: number;
}

/** A plan's skips, by bundle. */
export type SkipsByBundle = ReadonlyMap<string, readonly Skip[]>;

export function skipsByBundle(plan: Plan): SkipsByBundle {
  const result = new Map<string, Skip[]>();
  for (const skip of plan.skips) {
    if (skip.reason === 'unchanged') continue;
    const list = result.get(skip.bundle);
    if (list) list.push(skip);
    else result.set(skip.bundle, [skip]);
  }
  return result;
}

/** What bundles that have an object are told of those that claim it too: the claims themselves are told of there. */
export function rivalClaims(skips: SkipsByBundle): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>();
  for (const { id, bundle, reason, other } of [...skips.values()].flat()) {
    if (reason !== 'claimed-by-two-bundles' || other === undefined || other === bundle) continue;
    const warning = `${describeObject(id)} stays with this bundle; bundle ${bundle} has it as well`;
    const list = result.get(other);
    if (list) list.push(warning);
    else result.set(other, [warning]);
  }
  return result;
}

interface Finding {
  readonly status: ObjectStatus;
  readonly weight: number;
}

const maxWarnings = 20;
/** What waits is told after what it may wait for. */
const waitingWeight = 7;

/** The status of one assignment. `going` objects left it and are being deleted; `rivals` are warnings of `rivalClaims`. */
export function assess(
  bundle: WantedBundle,
  skips: readonly Skip[],
  know: Knowledge,
  rivals: readonly string[] = [],
  going = 0,
): AssignmentStatus {
  const findings: Finding[] = [];
  const skipOf = new Map(skips.map((skip) => [skip.id, skip]));
  let health: HealthStatus = 'Healthy';
  let pending = 0;
  for (const object of bundle.objects) {
    const found = assessObject(
      bundle,
      object,
      object.id === undefined ? undefined : skipOf.get(object.id),
      know,
    );
    health = worseHealth(health, found.health);
    if (found.sync !== 'Synced') pending++;
    if (found.finding) findings.push(found.finding);
  }
  for (const broken of bundle.broken) {
    pending++;
    findings.push(
      finding(
        { group: '', version: '', kind: '', namespace: '', name: broken.digest },
        'OutOfSync',
        'Missing',
        'Invalid',
        broken.problem,
        0,
      ),
    );
  }
  for (const { object, problem } of bundle.refused) {
    pending++;
    findings.push(finding(object, 'OutOfSync', 'Missing', 'Refused', problem, 1));
  }
  for (const skip of skips) if (skip.deletion) findings.push(leavingFinding(skip, know));
  const status = whileGoing(going, summarise(bundle, findings, health, pending, know));
  return { ...status, warnings: [...rivals, ...status.warnings].slice(0, maxWarnings) };
}

/** A bundle is Synced when what left it is gone, and not before. */
function whileGoing(going: number, status: AssignmentStatus): AssignmentStatus {
  if (going === 0 || status.sync !== 'Synced') return status;
  return { ...status, sync: 'OutOfSync', reason: 'Pruning', message: `${objects(going)} being deleted` };
}

/** How many objects the inventory has of a bundle that left, and how many of them other bundles want. */
export interface Leaving {
  readonly remaining: number;
  readonly handedOver: number;
}

/** The status of a bundle that left the cluster, as long as something of it remains. */
export function assessLeaving(
  bundle: string,
  skips: readonly Skip[],
  { remaining, handedOver }: Leaving,
  know: Knowledge,
): AssignmentStatus {
  const findings = skips.filter((skip) => skip.deletion).map((skip) => leavingFinding(skip, know));
  const first = findings[0]?.status;
  return {
    bundle,
    manifestDigest: undefined,
    version: know.version,
    sync: remaining > 0 ? 'OutOfSync' : 'Synced',
    health: 'Healthy',
    reason: remaining === 0 ? 'Applied' : (first?.reason ?? 'Pruning'),
    message:
      remaining === 0
        ? 'it has left the cluster'
        : first
          ? leavingMessage(first, findings.length)
          : remaining > handedOver
            ? `${objects(remaining - handedOver)} being deleted`
            : `${objects(remaining)} being handed over to other bundles`,
    objects: listed(findings.map((found) => found.status)),
    objectCount: 0,
    objectProblemCount: findings.length,
    warnings: [],
    observedAt: know.observedAt,
    gone: remaining === 0,
  };
}

function assessObject(
  bundle: WantedBundle,
  object: WantedObject,
  skip: Skip | undefined,
  know: Knowledge,
): { readonly sync: SyncStatus; readonly health: HealthStatus; readonly finding?: Finding } {
  const ref = refOf(object);
  const bad = (
    sync: SyncStatus,
    health: HealthStatus,
    reason: StatusReason,
    message: string,
    weight: number,
    differences?: readonly FieldDifference[],
  ) => ({
    sync,
    health,
    finding: finding(ref, sync, health, reason, message, weight, differences),
  });
  const { id } = object;
  if (id === undefined)
    return bad(
      'OutOfSync',
      'Missing',
      'KindMissing',
      object.kindProblem ??
        `the cluster does not serve ${ref.kind} of ${ref.group || 'the core group'} ${ref.version}`,
      1,
    );
  if (object.placement?.hook) return assessHook(ref, id, skip, know);
  if (skip?.reason === 'ended') return { sync: 'Synced', health: 'Healthy' };
  const entry = know.inventory.get(id);
  const live = know.record(id);
  const failure = know.failure(id);
  const health = live?.health.status ?? 'Missing';
  const isSynced =
    entry !== undefined &&
    live !== undefined &&
    entry.bundle === bundle.bundle &&
    entry.digest === object.digest &&
    (isVerified(entry, live) || know.isSame?.(id));
  if (failure && failure.digest === object.digest && !isSynced)
    return bad('OutOfSync', health, failure.reason, failure.message, 2, failure.differences);
  if (skip && !skip.deletion && skip.reason !== 'backing-off') {
    const said = sayOf(skip, know);
    const weight = skip.reason === 'waiting' || skip.reason === 'stopped' ? waitingWeight : 3;
    return bad(said.sync, said.sync === 'Unknown' ? 'Unknown' : health, said.reason, said.message, weight);
  }
  const blind = blindnessOf(ref, know);
  if (blind !== undefined)
    return bad('Unknown', 'Unknown', blind.reason, `it cannot be watched: ${blind.message}`, 3);
  if (!isSynced) return { sync: 'OutOfSync', health };
  if (health === 'Healthy' || health === 'Suspended') return { sync: 'Synced', health };
  const message = [live.health.message, know.trouble(id)].filter((text) => text).join('; ');
  return bad('Synced', health, 'Unhealthy', message, health === 'Degraded' ? 4 : 5);
}

/** A hook that ran is as it should be, whatever became of its object. */
function assessHook(
  ref: ObjectStatus['object'],
  id: ObjectId,
  skip: Skip | undefined,
  know: Knowledge,
): ReturnType<typeof assessObject> {
  if (skip?.reason === 'hook-done') return { sync: 'Synced', health: 'Healthy' };
  // What the plan says of it is newer than what befell its last write.
  const failure = skip && skip.reason !== 'backing-off' ? undefined : know.failure(id);
  const said: ReturnType<typeof sayOf> = failure
    ? { ...failure, sync: 'OutOfSync' }
    : skip && skip.reason !== 'backing-off'
      ? sayOf(skip, know)
      : { sync: 'OutOfSync', reason: 'Waiting', message: 'the hook begins' };
  const health = skip?.reason === 'hook-failed' ? 'Degraded' : 'Progressing';
  const weight = skip?.reason === 'hook-failed' ? 1 : said.reason === 'Waiting' ? waitingWeight - 1 : 3;
  return {
    sync: said.sync,
    health,
    finding: finding(ref, said.sync, health, said.reason, said.message, weight),
  };
}

function blindnessOf(
  { group, kind, namespace }: ObjectStatus['object'],
  know: Knowledge,
): Unseen | undefined {
  const kinds = know.blindKinds;
  return kinds.get(`${group}/${kind}`) ?? kinds.get(`${group}/${kind}/${namespace}`);
}

function summarise(
  bundle: WantedBundle,
  findings: Finding[],
  health: HealthStatus,
  pending: number,
  know: Knowledge,
): AssignmentStatus {
  findings.sort((a, b) => a.weight - b.weight);
  const isUnknown = findings.some((found) => found.status.sync === 'Unknown');
  const outOfSync = pending > 0 || findings.some((found) => found.status.sync === 'OutOfSync');
  const told = reasonAndMessage(bundle, findings, pending, know);
  return {
    bundle: bundle.bundle,
    manifestDigest: bundle.assignment.manifestDigest,
    version: know.version,
    sync: bundle.problem ? 'OutOfSync' : isUnknown ? 'Unknown' : outOfSync ? 'OutOfSync' : 'Synced',
    health:
      bundle.problem && bundle.objects.length === 0
        ? 'Unknown'
        : know.lateBundles?.has(bundle.bundle)
          ? worseHealth(health, 'Degraded')
          : health,
    ...told,
    objects: listed(findings.map((found) => found.status)),
    objectCount: bundle.objects.length + bundle.broken.length + bundle.refused.length,
    objectProblemCount: findings.length,
    warnings: bundle.warnings,
    observedAt: know.observedAt,
    gone: false,
  };
}

function reasonAndMessage(
  bundle: WantedBundle,
  findings: readonly Finding[],
  pending: number,
  know: Knowledge,
): { reason: StatusReason; message: string } {
  if (bundle.problem) return bundle.problem;
  if (know.paused) return { reason: 'Paused', message: 'the cluster is paused: nothing is written' };
  if (bundle.assignment.paused)
    return { reason: 'Paused', message: 'the bundle is paused: nothing is written' };
  const first = findings.find((found) => found.status.sync !== 'Synced')?.status;
  if (first) {
    if (first.reason === 'Waiting' || first.reason === 'HookFailed') {
      const lateS = first.reason === 'Waiting' ? know.lateBundles?.get(bundle.bundle) : undefined;
      const late = lateS === undefined ? '' : ` (for more than ${lateS} seconds)`;
      return { reason: first.reason, message: `${first.message}${late}` };
    }
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
    return {
      reason: first.reason,
      message: `${first.object.kind} ${first.object.name}: ${first.message}${more}`,
    };
  }
  if (pending > 0)
    return {
      reason: 'Applying',
      message: `${pending} of ${bundle.objects.length} objects are to be applied`,
    };
  return { reason: 'Applied', message: `${bundle.objects.length} objects are as the manifest says` };
}

/** What holds a namespace or a CRD is what is in it: their controllers say so. */
function withRemainder(message: string, { health }: LiveRecord): string {
  const says = health.status === 'Progressing' && health.message !== '' && health.message !== beingDeleted;
  return says ? `${message}; ${health.message}` : message;
}

/** What waits as a whole needs no name of one. */
const waitsAsWhole: ReadonlySet<StatusReason> = new Set(['PruneHeld', 'Paused', 'Orphaned']);

function leavingMessage({ object, reason, message }: ObjectStatus, count: number): string {
  if (waitsAsWhole.has(reason)) return message;
  return `${object.kind} ${object.name}: ${message}${count > 1 ? ` (and ${count - 1} more)` : ''}`;
}

function objects(count: number): string {
  return count === 1 ? '1 object is' : `${count} objects are`;
}

function leavingFinding(skip: Skip, know: Knowledge): Finding {
  const key = parseObjectId(skip.id) ?? { group: '', kind: '', namespace: '', name: skip.id };
  const failure = know.failure(skip.id);
  const live = know.record(skip.id);
  const said =
    failure && failure.digest === undefined ? { ...failure, sync: 'OutOfSync' as const } : sayOf(skip, know);
  return finding(
    { ...key, version: '' },
    said.sync,
    live?.health.status ?? 'Unknown',
    said.reason,
    said.reason === 'Terminating' && live ? withRemainder(said.message, live) : said.message,
    skip.reason === 'waiting' ? waitingWeight + 1 : 3,
  );
}

function refOf(object: WantedObject): ObjectStatus['object'] {
  const { group, version, kind, name, ownNamespace } = object;
  const namespace = object.id === undefined ? ownNamespace : (parseObjectId(object.id)?.namespace ?? '');
  return { group, version, kind, namespace, name };
}

function finding(
  object: ObjectStatus['object'],
  sync: SyncStatus,
  health: HealthStatus,
  reason: StatusReason,
  message: string,
  weight: number,
  differences?: readonly FieldDifference[],
): Finding {
  return { status: { object, sync, health, reason, message, ...(differences && { differences }) }, weight };
}
