import { hash } from 'node:crypto';
import { isNeverPruned } from '@muster/apply-plan';
import type { LiveObject } from '@muster/apply-plan';
import { healthOf } from '@muster/health';
import type { Health } from '@muster/health';
import type { KubeObject, ManagedFieldsEntry, Resource } from '@muster/kube';
import { bundleLabel, fieldManager, fleetLabel, objectAnnotation, objectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';

/** All that is kept of a live object. */
export interface LiveRecord extends LiveObject {
  readonly health: Health;
  /** Only where ours changed since the object was last seen: who has taken what of it. */
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

export const notSeenYet: Health = { status: 'Progressing', message: 'its status was not seen yet' };

/**
 * `whole` says whether the object came with its status, or as metadata only; `before` is what was known. `judge` says
 * how it is.
 */
export function liveRecord(
  object: KubeObject,
  health: 'whole' | 'metadata-suffices' | LiveRecord | undefined,
  judge: (object: KubeObject) => Health = healthOf,
): LiveRecord {
  const { metadata } = object;
  const { labels, annotations } = metadata;
  return {
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    fleet: labels?.[fleetLabel],
    bundle: labels?.[bundleLabel],
    marksObject: annotations?.[objectAnnotation],
    fieldsHash: fieldsHashOf(object),
    terminating: metadata.deletionTimestamp !== undefined,
    ...terminationOf(object),
    ...controllerOf(object),
    ...endOf(object),
    neverPrune: annotations !== undefined && isNeverPruned(annotations),
    health: typeof health === 'string' ? judge(object) : healthAsBefore(object, health),
  };
}

/** Finalizers are few; of more than that a person learns nothing. */
const maxFinalizers = 5;

function terminationOf({ metadata }: KubeObject): Pick<LiveObject, 'termination'> {
  const { deletionTimestamp, finalizers = [] } = metadata;
  if (deletionTimestamp === undefined) return {};
  return { termination: { since: deletionTimestamp, finalizers: finalizers.slice(0, maxFinalizers) } };
}

function controllerOf({ metadata }: KubeObject): Pick<LiveObject, 'controller'> {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  return controller ? { controller: `${controller.kind}/${controller.name}` } : {};
}

/** Known where the object came with its status. */
function endOf({ kind, apiVersion, spec, status }: KubeObject): Pick<LiveObject, 'ended'> {
  if (kind !== 'Job' || !apiVersion.startsWith('batch/')) return {};
  const { ttlSecondsAfterFinished } = (spec ?? {}) as { readonly ttlSecondsAfterFinished?: number };
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly JobCondition[] };
  const isComplete = conditions.some(({ type, status: is }) => type === 'Complete' && is === 'True');
  return isComplete && ttlSecondsAfterFinished !== undefined ? { ended: true } : {};
}

interface JobCondition {
  readonly type?: string;
  readonly status?: string;
}

/** Health that was seen is that of one resourceVersion: a new generation may fail where the old one ran. */
function healthAsBefore({ metadata }: KubeObject, before: LiveRecord | undefined): Health {
  const isSame = before?.uid === metadata.uid && before?.resourceVersion === metadata.resourceVersion;
  return isSame && before ? before.health : notSeenYet;
}

/**
 * A hash of what server-side apply says that we own, and since when. Any other writer that changes a field of ours
 * takes it out of our entry, and one that writes in our name stamps it, so an equal hash says that nothing of ours
 * changed.
 */
function fieldsHashOf(object: KubeObject): string | undefined {
  const entry = object.metadata.managedFields?.find(
    (candidate) =>
      candidate.manager === fieldManager && candidate.operation === 'Apply' && !candidate.subresource,
  );
  if (!entry) return undefined;
  return hash('sha1', JSON.stringify([entry.time, entry.fieldsV1]), 'base64').slice(0, 16);
}

export function idOfLive(object: KubeObject, resource: Resource): ObjectId {
  const { name, namespace = '' } = object.metadata;
  return objectId({ group: resource.group, kind: resource.kind, namespace, name });
}
