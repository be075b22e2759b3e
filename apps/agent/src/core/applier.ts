import type { ApplyReason, InventoryEntry } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject, ObjectKey, Resource } from '@muster/kube';
import { fieldManager, finalizeObject } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { Checkpoint } from '../checkpoint.ts';
import type { Log } from '../log.ts';
import type { BlobStore } from '../state/blob-store.ts';
import { namespaceOf } from './bundles.ts';
import type { WantedBundle, WantedObject } from './bundles.ts';
import { keepIgnored } from './drift/ignoring.ts';

/** One object that is about to be written, and all that bears on how. */
export interface ObjectWrite {
  readonly id: ObjectId;
  readonly reason: ApplyReason;
  readonly bundle: WantedBundle;
  readonly object: WantedObject;
  readonly resource: Resource;
  readonly key: ObjectKey;
  readonly entry: InventoryEntry | undefined;
  /** What is sent: canonical JSON, never parsed and printed again. */
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
}

/** How an object's bytes become a write: finalised, changed where its bundle's policy says so, and sent. */
export class Applier {
  readonly #o: ApplierOptions;

  constructor(options: ApplierOptions) {
    this.#o = options;
  }

  /** The live object as it is afterwards, with metadata only; `undefined` when nothing was to be written. */
  async apply(wanted: Omit<ObjectWrite, 'key' | 'bytes'>): Promise<KubeObject | undefined> {
    const whole = this.#prepare(wanted);
    const { kube, kubeFor, settle } = this.#o;
    if (wanted.reason === 'drift' && (await settle(whole, kubeFor(wanted.bundle)))) return undefined;
    const write = await keepIgnored(whole, kube);
    this.#o.checkpoint('before-apply');
    try {
      return await this.#send(write);
    } catch (error) {
      const { namespace } = write.key;
      if (namespace === undefined || !isMissingNamespace(error)) throw error;
      // Why it isn't there tells more than that it isn't.
      throw this.#o.onNamespaceMissing(namespace) ?? error;
    }
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
    return this.#o.guarded((signal) =>
      kube.apply(resource, key, bytes, { fieldManager, force: true, metadataOnly: true, signal }),
    );
  }
}

function isMissingNamespace(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404 && error.details?.kind === 'namespaces';
}
