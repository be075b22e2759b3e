import { foreignOwner, runOf } from '@muster/apply-plan';
import type { Hook, InventoryEntry } from '@muster/apply-plan';
import { plainLine } from '@muster/health';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { fieldManager, finalizeObject, parseObjectId } from '@muster/manifest';
import type { ObjectWrite } from '../core/applier.ts';
import { namespaceOf } from '../core/bundles.ts';
import type { WantedBundle, WantedObject } from '../core/bundles.ts';
import { examine } from '../core/drift/examination.ts';
import { liveRecord } from '../core/live-record.ts';
import type { BlobStore } from '../state/blob-store.ts';
import { InspectionRefused } from './model.ts';
import type { ObjectDifference, ObjectQuery, ObjectRef } from './model.ts';
import { asksForAll, fits, printQuery } from './query.ts';
import type { Turns } from './turns.ts';
import type { ClusterView } from './view.ts';

export interface DifferencesOptions {
  readonly view: ClusterView;
  readonly kube: KubeClient;
  /** Whoever would write for a bundle. */
  readonly kubeFor: (bundle: WantedBundle) => KubeClient;
  readonly blobs: Pick<BlobStore, 'read'>;
  /** Whoever else asks at the same time waits for each other. */
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

/** So many objects are tried at a time. */
const atOnce = 4;

/** What applying a bundle's manifest now would change: object by object, in the manifest's order. */
export async function* differencesOf(
  bundleName: string,
  query: ObjectQuery,
  options: DifferencesOptions,
): AsyncGenerator<readonly ObjectDifference[], void> {
  const { view, signal } = options;
  const bundle = view.target.bundles.find((it) => it.bundle === bundleName);
  const wanted = (bundle?.objects ?? []).filter((object) => fits(query, refOf(object)));
  const leaving = leavingOf(bundleName, view).filter((object) => fits(query, object));
  if (wanted.length + leaving.length === 0 && (!bundle || !asksForAll(query)))
    throw new InspectionRefused('not-found', `bundle ${bundleName} has no ${printQuery(query)} here`);
  for (let at = 0; bundle && at < wanted.length; at += atOnce) {
    signal.throwIfAborted();
    const some = wanted.slice(at, at + atOnce);
    yield await options.turns.run(() =>
      Promise.all(some.map((object) => differenceOf(bundle, object, options))),
    );
  }
  const message =
    'it has left the bundle: it is deleted, unless its bundle, a pause or a missing consent keeps it';
  yield leaving.map((object) => ({ object, change: 'delete', fields: [], message }));
}

async function differenceOf(
  bundle: WantedBundle,
  wanted: WantedObject,
  options: DifferencesOptions,
): Promise<ObjectDifference> {
  const object = refOf(wanted);
  const unknown = (message: string): ObjectDifference => ({ object, change: 'unknown', fields: [], message });
  const none: ObjectDifference = { object, change: 'none', fields: [], message: '' };
  const write = writeOf(bundle, wanted, options);
  if (typeof write === 'string') return unknown(write);
  if (wanted.placement?.hook) {
    const message = 'a hook, which runs once for each manifest';
    return isDue(bundle, wanted.placement.hook, write.entry)
      ? { object, change: 'create', fields: [], message }
      : none;
  }
  const actor = options.kubeFor(bundle);
  const isNew = write.entry?.digest !== wanted.digest || write.entry.bundle !== bundle.bundle;
  try {
    const finding = await examine(write, { kube: options.kube, actor, lossSuffices: false, isNew });
    if (finding.kind === 'gone') {
      // A Job that is done and that its TTL removed.
      if (write.entry?.ended && !isNew) return none;
      await tryCreate(write, actor, options.signal);
      return { object, change: 'create', fields: [], message: 'it is not in the cluster' };
    }
    const owner = foreignOwnerOf(write, finding.text, options.view);
    if (owner !== undefined) return unknown(`it belongs to ${owner}, and stays as it is`);
    return finding.kind === 'same'
      ? none
      : { object, change: 'update', fields: finding.differences, message: '' };
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    return unknown(refusal(error, object));
  }
}

/** Whether a hook is yet to run for this manifest. One for failures alone waits for those. */
function isDue(bundle: WantedBundle, { phases }: Hook, entry: InventoryEntry | undefined): boolean {
  const { manifestDigest } = bundle.assignment;
  return phases.some((phase) => phase !== 'SyncFail' && !runOf(entry?.hook, manifestDigest, phase));
}

function foreignOwnerOf({ id }: ObjectWrite, text: string, { target }: ClusterView): string | undefined {
  const live = liveRecord(JSON.parse(text) as KubeObject, 'metadata-suffices');
  return foreignOwner(id, live, target.content.fleet);
}

/** Rejects where making it would be refused. A namespace that isn't there yet is made first. */
async function tryCreate(write: ObjectWrite, actor: KubeClient, signal: AbortSignal): Promise<void> {
  try {
    await actor.dryRun(write.resource, write.key, write.bytes, { fieldManager, force: true, signal });
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 404) throw error;
  }
}

/** As it would be sent; a sentence where it can't be. */
function writeOf(
  bundle: WantedBundle,
  object: WantedObject,
  { view, blobs }: DifferencesOptions,
): ObjectWrite | string {
  const { id, resource } = object;
  if (id === undefined || !resource) return 'the cluster does not serve its kind';
  const rendered = blobs.read(object.digest);
  if (!rendered) return 'its bytes are not here';
  const namespace = namespaceOf(object, resource, bundle.policy);
  const { fleet } = view.target.content;
  const final = finalizeObject(rendered, { namespace, fleet, bundle: bundle.bundle, objectId: id });
  if (!final.ok) return final.problem;
  const key = { ...(namespace === null ? {} : { namespace }), name: object.name };
  return {
    id,
    reason: 'drift',
    bundle,
    object,
    resource,
    key,
    entry: view.inventory.get(id),
    bytes: final.bytes,
  };
}

/** The API server quotes what it refuses: of a Secret only that it did is told. */
function refusal({ status, reason, message }: KubeApiError, { group, kind }: ObjectRef): string {
  if (group === '' && kind === 'Secret') return `the API server refuses it: ${status} ${reason}`;
  return `the API server refuses it: ${plainLine(message, 500)}`;
}

function leavingOf(bundle: string, view: ClusterView): readonly ObjectRef[] {
  const isLeaving = ({ id, bundle: owner }: InventoryEntry): boolean =>
    owner === bundle && view.resolved?.wantedIds.has(id) === false;
  return [...view.inventory.values()].filter(isLeaving).flatMap(({ id, apiVersion }) => {
    const key = parseObjectId(id);
    return key ? [{ ...key, version: apiVersion.split('/').at(-1) ?? '' }] : [];
  });
}

function refOf({ id, group, version, kind, name, ownNamespace }: WantedObject): ObjectRef {
  const namespace = id === undefined ? ownNamespace : (parseObjectId(id)?.namespace ?? '');
  return { group, version, kind, namespace, name };
}
