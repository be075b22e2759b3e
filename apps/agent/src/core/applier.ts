import type { ApplyReason, InventoryEntry } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, ObjectKey, Resource } from '@muster/kube';
import { fieldManager, finalizeObject } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { Checkpoint } from '../checkpoint.ts';
import type { Log } from '../log.ts';
import type { BlobStore } from '../state/blob-store.ts';
import { applyAdopting, wasThere } from './adopting.ts';
import { namespaceOf } from './bundles.ts';
import type { WantedBundle, WantedObject } from './bundles.ts';
import { keepIgnored, rulesFor } from './drift/ignoring.ts';
import { Replacement } from './replacement.ts';
import type { Stance } from './replacement.ts';

/** One object that is about to be written, and all that bears on how. */
export interface ObjectWrite {
  readonly id: ObjectId;
  readonly reason: ApplyReason;
  readonly bundle: WantedBundle;
  readonly object: WantedObject;
  readonly resource: Resource;
  readonly key: ObjectKey;
  readonly entry: InventoryEntry | undefined;
  /** What is sent: the rendered JSON with what the cluster and the policy add or leave out, no digit lost. */
  readonly bytes: Uint8Array;
}

export interface ApplierOptions {
  /** The client that writes for a bundle: it may have to act as somebody else. */
  readonly kubeFor: (bundle: WantedBundle) => KubeClient;
  readonly blobs: BlobStore;
  readonly checkpoint: Checkpoint;
  readonly log: Log;
  readonly fleet: () => string;
  /** Looks, for whomever it writes. */
  readonly kube: KubeClient;
  /** True when nothing is to be written of an object that may have drifted. */
  readonly settle: (write: ObjectWrite, actor: KubeClient) => Promise<boolean>;
  /** No request that writes begins, or goes on, but through this. */
  readonly guarded: <T>(request: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Has it looked for again; says why it could not be made, where it couldn't. */
  readonly onNamespaceMissing: (namespace: string) => KubeApiError | undefined;
  /** The live object; `undefined` when there is none. */
  readonly look: (write: ObjectWrite, seen: 'whole' | 'metadata') => Promise<KubeObject | undefined>;
  /** Deletes the object with this uid and no other. */
  readonly remove: (write: ObjectWrite, uid: string) => Promise<void>;
  /** What the newest desired state says of replacing objects of the bundle. */
  readonly stanceOn: (bundle: string) => Stance;
}

export type Applied =
  /** `live` is the object as it is now, metadata only; `adopted`: it was there before. */
  | { readonly outcome: 'applied'; readonly live: KubeObject; readonly adopted: boolean }
  /** It was deleted, to be made anew. */
  | { readonly outcome: 'leaving' }
  /** It stays as it is: it is right, or its bundle only reports that it isn't, or is paused. */
  | { readonly outcome: 'settled' };

/** How an object's bytes become a write: finalised, changed where its bundle's policy says so, and sent. */
export class Applier {
  readonly #o: ApplierOptions;
  readonly #replacement: Replacement;

  constructor(options: ApplierOptions) {
    this.#o = options;
    this.#replacement = new Replacement({ now: Date.now, ...options });
  }

  async apply(wanted: Omit<ObjectWrite, 'key' | 'bytes'>): Promise<Applied> {
    const whole = this.#prepare(wanted);
    const { kube, kubeFor, settle } = this.#o;
    if (wanted.reason === 'drift' && (await settle(whole, kubeFor(wanted.bundle))))
      return { outcome: 'settled' };
    const write = await keepIgnored(whole, kube);
    // Looks may take long. A pause that came meanwhile holds from when it was taken on.
    if (this.#o.stanceOn(write.bundle.bundle) === 'paused') return { outcome: 'settled' };
    this.#o.checkpoint('before-apply');
    try {
      return await this.#write(write);
    } catch (error) {
      const { namespace } = write.key;
      // Why it isn't there tells more than that it isn't.
      if (namespace !== undefined && isMissingNamespace(error))
        throw this.#o.onNamespaceMissing(namespace) ?? error;
      await this.#replacement.replace(write, error);
      return { outcome: 'leaving' };
    }
  }

  /** What was there before is adopted; what somebody made since the plan found nothing was there before, too. */
  async #write(write: ObjectWrite): Promise<Applied> {
    const { entry, reason } = write;
    if (entry?.state === 'intended' && entry.adopted)
      return {
        outcome: 'applied',
        live: await this.#adopt(write, () => this.#o.look(write, 'metadata')),
        adopted: true,
      };
    const live = await this.#send(write);
    if (reason !== 'create' || !wasThere(live))
      return { outcome: 'applied', live, adopted: entry?.adopted ?? false };
    return { outcome: 'applied', live: await this.#adopt(write, () => Promise.resolve(live)), adopted: true };
  }

  /** Who takes nothing by force takes nothing from former tools either. */
  async #adopt(write: ObjectWrite, look: () => Promise<KubeObject | undefined>): Promise<KubeObject> {
    const { id, bundle, resource, key } = write;
    if (bundle.policy.conflicts === 'Fail') return this.#send(write);
    const kube = this.#o.kubeFor(bundle);
    const left = rulesFor(write);
    return applyAdopting({
      id,
      fleet: this.#o.fleet(),
      resource,
      ...(left ? { left } : {}),
      look,
      patch: (operations) =>
        this.#o.guarded((signal) =>
          kube.jsonPatch(resource, key, operations, { metadataOnly: true, signal }),
        ),
      apply: () => this.#send(write),
      onTaken: (from) => {
        this.#o.log.info({ object: id, from }, 'took an object over from the tools that managed it');
        this.#o.checkpoint('taken-over');
      },
    });
  }

  #prepare(wanted: Omit<ObjectWrite, 'key' | 'bytes'>): ObjectWrite {
    const { blobs, fleet } = this.#o;
    const { id, bundle, object, resource } = wanted;
    const rendered = blobs.read(object.digest);
    if (!rendered) throw new Error('the bytes of the object are not here');
    const namespace = namespaceOf(object, resource, bundle.policy);
    const final = finalizeObject(rendered, {
      namespace,
      fleet: fleet(),
      bundle: bundle.bundle,
      objectId: id,
    });
    if (!final.ok) throw new Error(final.problem);
    const key = { ...(namespace === null ? {} : { namespace }), name: object.name };
    return { ...wanted, key, bytes: final.bytes };
  }

  #send({ bundle, resource, key, bytes }: ObjectWrite): Promise<KubeObject> {
    const kube = this.#o.kubeFor(bundle);
    const force = bundle.policy.conflicts !== 'Fail';
    return this.#o.guarded((signal) =>
      kube.apply(resource, key, bytes, { fieldManager, force, metadataOnly: true, signal }),
    );
  }
}

function isMissingNamespace(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404 && error.details?.kind === 'namespaces';
}
