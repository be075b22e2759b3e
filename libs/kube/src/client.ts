import type { KubeConfig } from './config.ts';
import { DiscoveryCache } from './discovery-cache.ts';
import { discoverAll } from './discovery.ts';
import { asError } from './exchange.ts';
import { follow } from './follow.ts';
import { impersonating } from './impersonation.ts';
import { listAll } from './lists.ts';
import { withIdentity } from './live-object.ts';
import { readLogs } from './logs.ts';
import { APPLY_PATCH, JSON_PATCH, JSON_TYPE, MERGE_PATCH, PARTIAL_OBJECT } from './media-types.ts';
import type { ApplyOptions, DeleteOptions, KubeClient, KubeObject, ObjectKey, Resource } from './port.ts';
import { collectionPath, objectPath, queryOf } from './resource-path.ts';
import { Transport, type TransportOptions, type TransportRequest } from './transport.ts';
import { watchOnce } from './watches.ts';

export interface KubeClientOptions extends Partial<TransportOptions> {
  /** The field manager of `create`, `replace` and `mergePatch`; `apply` names its own. */
  readonly fieldManager?: string;
}

const DEFAULTS: TransportOptions = {
  connections: 16,
  timeoutMs: 35_000,
  maxBytes: 64 * 1024 * 1024,
  userAgent: 'muster',
  random: Math.random,
  now: Date.now,
};

/** A client of one API server. Opens no connection before the first request. */
export function createKubeClient(config: KubeConfig, options: KubeClientOptions = {}): KubeClient {
  const { fieldManager = 'muster', ...transportOptions } = options;
  const transport = Transport.to(config, { ...DEFAULTS, ...transportOptions });
  const discovery = new DiscoveryCache(() => discoverAll(transport), transport.options.now);
  return clientOver(transport, discovery, fieldManager);
}

/** Discovery is everybody's: an API server shows the same to all that may ask. */
function clientOver(transport: Transport, discovery: DiscoveryCache, fieldManager: string): KubeClient {
  async function write(
    resource: Resource,
    request: Omit<TransportRequest, 'repeatable'>,
    repeatable: boolean,
  ): Promise<KubeObject> {
    const object = await transport.json<KubeObject>({ ...request, repeatable });
    if (definesApi(resource)) discovery.invalidate();
    return withIdentity(object, resource);
  }

  return {
    discover: ({ fresh = false, signal } = {}) => orAbort(discovery.get(fresh), signal),
    invalidateDiscovery: () => discovery.invalidate(),
    resourceFor: (group, version, kind) => discovery.resourceFor(group, version, kind),

    get: async (resource, key, { metadataOnly = false, signal } = {}) => {
      const object = await transport.json<KubeObject>({
        method: 'GET',
        path: objectPath(resource, key),
        accept: metadataOnly ? PARTIAL_OBJECT : JSON_TYPE,
        repeatable: true,
        ...signalOf(signal),
      });
      return withIdentity(object, resource);
    },

    list: (resource, listOptions = {}) => listAll(transport, resource, listOptions),
    logs: (pod, logOptions) => readLogs(transport, pod, logOptions),

    getText: (resource, key, { signal } = {}) =>
      transport.text({
        method: 'GET',
        path: objectPath(resource, key),
        accept: JSON_TYPE,
        repeatable: true,
        ...signalOf(signal),
      }),

    apply: (resource, key, body, apply) => write(resource, applyRequest(resource, key, body, apply), true),

    dryRun: (resource, key, body, apply) =>
      transport.text({
        ...applyRequest(resource, key, body, { ...apply, dryRun: true }),
        repeatable: true,
      }),

    create: (resource, namespace, object, { signal } = {}) =>
      write(
        resource,
        {
          method: 'POST',
          path: collectionPath(resource, namespace) + queryOf({ fieldManager }),
          contentType: JSON_TYPE,
          body: JSON.stringify(object),
          ...signalOf(signal),
        },
        false,
      ),

    replace: (resource, key, object, { signal } = {}) =>
      write(
        resource,
        {
          method: 'PUT',
          path: objectPath(resource, key) + queryOf({ fieldManager }),
          contentType: JSON_TYPE,
          body: JSON.stringify(object),
          ...signalOf(signal),
        },
        // A compare-and-set that took effect unheard would answer 409 when repeated: the caller must look, not guess.
        object.metadata.resourceVersion === undefined,
      ),

    mergePatch: (resource, key, patch, { signal } = {}) =>
      write(
        resource,
        {
          method: 'PATCH',
          path: objectPath(resource, key) + queryOf({ fieldManager }),
          contentType: MERGE_PATCH,
          body: JSON.stringify(patch),
          ...signalOf(signal),
        },
        false,
      ),

    jsonPatch: (resource, key, operations, { metadataOnly = false, signal } = {}) =>
      write(
        resource,
        {
          method: 'PATCH',
          path: objectPath(resource, key) + queryOf({ fieldManager }),
          contentType: JSON_PATCH,
          accept: metadataOnly ? PARTIAL_OBJECT : JSON_TYPE,
          body: JSON.stringify(operations),
          ...signalOf(signal),
        },
        false,
      ),

    delete: async (resource, key, deletion = {}) => {
      await transport.json<unknown>({
        method: 'DELETE',
        path: objectPath(resource, key),
        contentType: JSON_TYPE,
        body: JSON.stringify(deleteBody(deletion)),
        repeatable: false,
        ...signalOf(deletion.signal),
      });
      if (definesApi(resource)) discovery.invalidate();
    },

    follow: (resource, followOptions) => follow(transport, resource, followOptions),
    watch: (resource, watchOptions) => watchOnce(transport, resource, watchOptions),
    as: (serviceAccount) =>
      clientOver(transport.withHeaders(impersonating(serviceAccount)), discovery, fieldManager),
    close: () => transport.close(),
  };
}

function applyRequest(
  resource: Resource,
  key: ObjectKey,
  body: Uint8Array,
  apply: ApplyOptions,
): Omit<TransportRequest, 'repeatable'> {
  const query = queryOf({
    fieldManager: apply.fieldManager,
    force: String(apply.force),
    // Otherwise the API server reads the body twice, to warn of keys that canonical JSON can't have twice.
    fieldValidation: 'Ignore',
    dryRun: apply.dryRun === true ? 'All' : undefined,
  });
  return {
    method: 'PATCH',
    path: objectPath(resource, key) + query,
    accept: apply.metadataOnly === true ? PARTIAL_OBJECT : JSON_TYPE,
    contentType: APPLY_PATCH,
    body,
    ...signalOf(apply.signal),
  };
}

function deleteBody({ uid, resourceVersion, propagation = 'Background' }: DeleteOptions): unknown {
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagation,
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
  };
}

/** Whether objects of the resource say what the API server serves. */
function definesApi({ group, plural }: Resource): boolean {
  return (
    (group === 'apiextensions.k8s.io' && plural === 'customresourcedefinitions') ||
    (group === 'apiregistration.k8s.io' && plural === 'apiservices')
  );
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Work that others share goes on, only this caller stops waiting for it. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) throw asError(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(asError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
