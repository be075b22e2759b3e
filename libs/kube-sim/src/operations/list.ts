import { ApiError, badRequest, gone } from '../api/api-error.ts';
import { numberAt, parseJson, textAt, type Json, type JsonObject } from '../json/value.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Selection } from '../selectors/selection.ts';
import { keyOf } from '../store/store.ts';
import type { Cluster } from './cluster.ts';

export interface ListResult {
  readonly items: readonly JsonObject[];
  readonly metadata: JsonObject;
}

/** Opaque to clients: where the next page begins, and of which revision the first page was. */
interface Continuation {
  readonly revision: number;
  readonly after: string;
}

const encodeContinuation = ({ revision, after }: Continuation): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url');

const decodeContinuation = (text: string): Continuation => {
  let token: Json;
  try {
    token = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw badRequest('continue key is not valid');
  }
  const [revision, after] = [numberAt(token, 'rv'), textAt(token, 'start')];
  if (revision === undefined || after === undefined) throw badRequest('continue key is not valid');
  return { revision, after };
};

const positive = (text: string | null, name: string): number => {
  if (text === null || text === '') return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid value for ${name}: "${text}"`);
  return Number(text);
};

/** The revision that a client asks for, if it asks for one. */
export const requestedRevision = (query: URLSearchParams): number =>
  positive(query.get('resourceVersion'), 'resourceVersion');

const checkRevision = (cluster: Cluster, query: URLSearchParams): void => {
  const requested = requestedRevision(query);
  const { revision } = cluster.store;
  if (requested > revision) {
    throw new ApiError(504, 'Timeout', `Too large resource version: ${requested}, current: ${revision}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
      retryAfterSeconds: 1,
    });
  }
  if (query.get('resourceVersionMatch') === 'Exact' && requested < cluster.store.log.compactedRevision) {
    throw gone(requested, cluster.store.log.compactedRevision);
  }
};

/**
 * A page, or all. The pages after the first show what was there at the first one's revision; if that is compacted
 * away, they are answered with 410. `resourceVersionMatch=Exact` asks for an old state in the same way.
 */
export const list = (
  cluster: Cluster,
  resource: ServedResource,
  selection: Selection,
  query: URLSearchParams,
): ListResult => {
  checkRevision(cluster, query);
  const limit = positive(query.get('limit'), 'limit');
  const token = query.get('continue');
  const from = token === null || token === '' ? undefined : decodeContinuation(token);
  if (from !== undefined && from.revision < cluster.store.log.compactedRevision) {
    throw new ApiError(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  const exact = query.get('resourceVersionMatch') === 'Exact' ? requestedRevision(query) : undefined;
  const revision = from?.revision ?? exact ?? cluster.store.revision;
  const matching = cluster.store
    .listAt(resource.storage, revision)
    .filter((object) => (from === undefined || keyOf(object) > from.after) && selection(object));
  const page = limit === 0 ? matching : matching.slice(0, limit);
  const last = page.at(-1);
  const remaining = matching.length - page.length;
  return {
    items: cluster.conversion.servedAll(resource, page),
    metadata: {
      resourceVersion: String(revision),
      ...(remaining > 0 &&
        last !== undefined && {
          continue: encodeContinuation({ revision, after: keyOf(last) }),
          remainingItemCount: remaining,
        }),
    },
  };
};
