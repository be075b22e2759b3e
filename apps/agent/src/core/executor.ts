import { afterApply } from '@muster/apply-plan';
import type { ApplyStep, DeleteStep, InventoryEntry, Step } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import { parseObjectId } from '@muster/manifest';
import type { DesiredState, ObjectId, Policy } from '@muster/manifest';
import type { Checkpoint } from '../checkpoint.ts';
import type { Lease } from '../lease/lease.ts';
import { NoLeaseError } from '../lease/no-lease.ts';
import type { Log } from '../log.ts';
import type { BlobStore } from '../state/blob-store.ts';
import { accountOf, Actors } from './actors.ts';
import { Applier } from './applier.ts';
import type { ObjectWrite } from './applier.ts';
import type { WantedBundle, WantedObject } from './bundles.ts';
import type { Drift } from './drift/drift.ts';
import { Complaints } from './complaints.ts';
import type { Failures } from './failures.ts';
import type { Observer } from './observer.ts';
import { stanceOn } from './replacement.ts';

/** What a step needs to know beyond itself; looked up when it runs, because a newer state may have come. */
export interface StepContext {
  readonly wanted: (
    id: ObjectId,
    bundle: string,
  ) => { readonly bundle: WantedBundle; readonly object: WantedObject } | undefined;
  readonly resourceOf: (id: ObjectId, apiVersion: string) => Resource | undefined;
  /** False once a newer state wants the object, or wants nothing written. */
  readonly mayDelete: (id: ObjectId, bundle: string) => boolean;
  readonly entry: (id: ObjectId) => InventoryEntry | undefined;
  readonly setEntry: (entry: InventoryEntry) => void;
  /** Of a bundle that is assigned, or was: what remains of it is deleted as it was applied. */
  readonly policyOf: (bundle: string) => Policy | undefined;
  readonly fleet: () => string;
  /** The newest. */
  readonly state: () => DesiredState | undefined;
  readonly onNamespaceMissing: (namespace: string) => KubeApiError | undefined;
}

export interface ExecutorOptions {
  readonly kube: KubeClient;
  readonly blobs: BlobStore;
  readonly lease: Lease;
  readonly observer: Observer;
  readonly failures: Failures;
  readonly drift: Drift;
  readonly checkpoint: Checkpoint;
  readonly log: Log;
  readonly context: StepContext;
}

/** Does a plan's steps. A step that fails is recorded as its object's failure; nothing is thrown. */
export class Executor {
  readonly #o: ExecutorOptions;
  readonly #applier: Applier;
  readonly #actors: Actors;
  readonly #complaints: Complaints;

  constructor(options: ExecutorOptions) {
    const { kube, blobs, drift, checkpoint, log, context } = options;
    this.#o = options;
    this.#complaints = new Complaints(log);
    const actors = (this.#actors = new Actors(kube));
    this.#applier = new Applier({
      kubeFor: ({ policy }) => actors.clientFor(policy),
      blobs,
      checkpoint,
      log,
      fleet: context.fleet,
      kube,
      settle: (write, actor) => drift.settle(write, actor),
      guarded: (request) => this.#write(request),
      onNamespaceMissing: context.onNamespaceMissing,
      look: (write, seen) => this.#look(write, seen),
      remove: (write, uid) =>
        this.#remove(write.id, uid, write.resource, actors.clientFor(write.bundle.policy)),
      stanceOn: (bundle) => stanceOn(context.state(), bundle),
    });
  }

  async execute(step: Step): Promise<void> {
    const { failures } = this.#o;
    const digest = step.kind === 'apply' ? step.object.digest : undefined;
    try {
      if (step.kind === 'apply') await this.#apply(step);
      else await this.#delete(step);
      failures.succeeded(step.id);
    } catch (error) {
      const bundle = step.kind === 'apply' ? step.object.bundle : step.bundle;
      const account = accountOf(this.#o.context.policyOf(bundle));
      const failure = failures.record(step.id, digest, error, account);
      if (failure.attempts === 1) this.#complaints.add(step.kind, step.id, failure);
    }
  }

  async #apply(step: ApplyStep): Promise<void> {
    const { observer, checkpoint, context } = this.#o;
    const wanted = context.wanted(step.id, step.object.bundle);
    // Superseded while it waited: the newer plan has its own step.
    if (!wanted?.object.resource || wanted.object.digest !== step.object.digest) return;
    const { object, bundle } = wanted;
    const { resource } = wanted.object;
    const applied = await this.#applier.apply({
      id: step.id,
      reason: step.reason,
      bundle,
      object,
      resource,
      entry: context.entry(step.id),
    });
    if (applied.outcome !== 'applied') return;
    const record = observer.noteApplied(step.id, resource, applied.live);
    const apiVersion = object.group ? `${object.group}/${object.version}` : object.version;
    const entry = afterApply(context.entry(step.id), step.object, apiVersion, record);
    context.setEntry(applied.adopted ? { ...entry, adopted: true } : entry);
    checkpoint('after-apply');
  }

  async #delete(step: DeleteStep): Promise<void> {
    const { context } = this.#o;
    // Superseded while it waited: the newer plan says what becomes of it.
    if (!context.mayDelete(step.id, step.bundle)) return;
    const resource = context.resourceOf(step.id, step.apiVersion);
    if (!resource) throw new Error('the cluster does not serve its kind any more');
    const actor = this.#actors.clientFor(context.policyOf(step.bundle));
    await this.#remove(step.id, step.uid, resource, actor, step.propagation);
  }

  async #remove(
    id: ObjectId,
    uid: string,
    resource: Resource,
    kube: KubeClient,
    propagation: 'Foreground' | 'Background' = 'Background',
  ): Promise<void> {
    const { observer, checkpoint } = this.#o;
    const parsed = parseObjectId(id);
    if (!parsed) throw new Error(`${id} is no object`);
    const { namespace, name } = parsed;
    checkpoint('before-delete');
    observer.noteDeleting(id, uid);
    try {
      await this.#write((signal) =>
        kube.delete(resource, { ...(namespace ? { namespace } : {}), name }, { uid, propagation, signal }),
      );
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.status !== 404) {
        observer.noteDeleteFailed(id);
        throw error;
      }
      observer.noteAbsent(id);
    }
    checkpoint('after-delete');
  }

  /** The agent's own look: also for a bundle whose account may only write. */
  async #look(
    { id, resource, key }: ObjectWrite,
    seen: 'whole' | 'metadata',
  ): Promise<KubeObject | undefined> {
    const { kube, observer } = this.#o;
    try {
      const live = await kube.get(resource, key, { metadataOnly: seen === 'metadata' });
      observer.noteSeen(id, resource, live, seen);
      return live;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** No write begins, or goes on, beyond the time for which the Lease is surely ours. */
  async #write<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!this.#o.lease.mayWrite()) throw new NoLeaseError();
    return request(this.#o.lease.writeSignal());
  }
}
