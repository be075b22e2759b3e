/** Which resource: what a URL path of the Kubernetes API is made of. */
export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower case, plural: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: unknown;
  readonly subresource?: string;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/**
 * Any live object, as `JSON.parse` reads it: integers beyond 2^53 lose digits here, so an object is never sent back
 * where bytes will do. `apiVersion` and `kind` are always the resource's own, also in lists and metadata-only answers.
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  readonly force: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /**
   * Ask for the object's metadata only in the answer (`PartialObjectMetadata`). The work of the API server is the
   * same, the agent parses less.
   */
  readonly metadataOnly?: boolean;
}

export interface DeleteOptions {
  /** Precondition: only the object with this uid. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly signal?: AbortSignal;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'replace' | 'remove' | 'test';
  /** A JSON pointer. */
  readonly path: string;
  readonly value?: unknown;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface BoundedListOptions extends ListOptions {
  /** No more than so many are read; what a list leaves out is not read at all. */
  readonly maxItems?: number;
}

/** What of a container's log is wanted. */
export interface LogOptions {
  /** May be left out where a Pod has one container. */
  readonly container?: string;
  /** Go on with what it writes, until it ends. */
  readonly follow?: boolean;
  /** Of the instance before the last restart. */
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
  readonly signal: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  /** Events after this one. */
  readonly resourceVersion: string;
  /** How long the API server keeps the watch; 5 to 10 minutes when not given. */
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
  /** Hears that the API server took the watch: there may be no event for long. */
  readonly onOpen?: () => void;
}

export interface FollowOptions extends ListOptions {
  readonly signal: AbortSignal;
  /** Hears of each error that is retried. */
  readonly onError?: (error: unknown) => void;
  /** Hears of each watch that is open, which ends the trouble that `onError` told of. */
  readonly onOpen?: () => void;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** There are more than were asked for. */
  readonly isCut?: boolean;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** What a `follow` tells: a whole list first, and again after each 410; then changes. */
export type FollowEvent =
  | { readonly type: 'LISTED'; readonly items: readonly KubeObject[]; readonly resourceVersion: string }
  | { readonly type: 'CHANGED'; readonly object: KubeObject }
  | { readonly type: 'GONE'; readonly object: KubeObject };

export interface Discovery {
  readonly serverVersion: string;
  readonly resources: readonly Resource[];
  /** False while a group's discovery failed: what is missing may exist. `failedGroups` names `group/version`s. */
  readonly complete: boolean;
  readonly failedGroups: readonly string[];
}

/**
 * The Kubernetes API as Muster calls it. Every method rejects with `KubeApiError` for an answer that isn't 2xx, with
 * `KubeNetworkError` when there was none, and with the signal's reason when that aborts. 429 (and 503 with
 * `Retry-After`) is retried within bounds before.
 */
export interface KubeClient {
  discover(options?: { readonly fresh?: boolean; readonly signal?: AbortSignal }): Promise<Discovery>;
  /** Forget what was discovered, because a CRD or an APIService changed. Writes of those by this client do it too. */
  invalidateDiscovery(): void;
  /** The resource of a kind; discovers anew (rate limited) when it isn't known. `undefined`: the cluster has none. */
  resourceFor(group: string, version: string, kind: string): Promise<Resource | undefined>;
  get(
    resource: Resource,
    key: ObjectKey,
    options?: { readonly metadataOnly?: boolean; readonly signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** The object as the API server writes it: JSON, losslessly. */
  getText(resource: Resource, key: ObjectKey, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /** Every page of 500, one list; or the first `maxItems`. */
  list(resource: Resource, options?: BoundedListOptions): Promise<KubeList>;
  /** What a container of a Pod wrote, in pieces of any size. */
  logs(pod: ObjectKey, options: LogOptions): AsyncIterable<Uint8Array>;
  /** Server-side apply of bytes as they are: JSON, losslessly. */
  apply(resource: Resource, key: ObjectKey, body: Uint8Array, options: ApplyOptions): Promise<KubeObject>;
  /** What an `apply` would make of the object, as the API server writes it; admission is asked, nothing is written. */
  dryRun(
    resource: Resource,
    key: ObjectKey,
    body: Uint8Array,
    options: Pick<ApplyOptions, 'fieldManager' | 'force' | 'signal'>,
  ): Promise<string>;
  create(
    resource: Resource,
    namespace: string | undefined,
    object: KubeObject,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** PUT; a `metadata.resourceVersion` in the object makes it a compare-and-set. */
  replace(
    resource: Resource,
    key: ObjectKey,
    object: KubeObject,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** JSON merge patch. */
  mergePatch(
    resource: Resource,
    key: ObjectKey,
    patch: unknown,
    options?: { readonly signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** JSON patch (RFC 6902); replacing `/metadata/resourceVersion` in it makes it a compare-and-set. */
  jsonPatch(
    resource: Resource,
    key: ObjectKey,
    operations: readonly JsonPatchOperation[],
    options?: { readonly metadataOnly?: boolean; readonly signal?: AbortSignal },
  ): Promise<KubeObject>;
  /** Resolves when the API server accepted; finalizers may keep the object. */
  delete(resource: Resource, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /**
   * Lists and then watches, for ever: reconnects with jitter, resumes from bookmarks, relists on 410. Ends when
   * `signal` aborts. Errors that waiting may mend are retried; `onError` hears of each, for the status.
   */
  follow(resource: Resource, options: FollowOptions): AsyncIterable<FollowEvent>;
  /** One watch until the API server ends it or it breaks; what `follow` is made of. Rejects with 410 when too old. */
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent>;
  /**
   * The same API server over the same connections, every request made as this service account. Needs the right to
   * `impersonate` it; without, every request is refused with 403. Closing either client closes both.
   */
  as(serviceAccount: ServiceAccountRef): KubeClient;
  /** Ends all requests and watches; nothing works afterwards. */
  close(): Promise<void>;
}
