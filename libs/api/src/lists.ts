import { z } from 'zod';

export const DEFAULT_PAGE_SIZE = 100;
export const MAX_PAGE_SIZE = 1000;

/**
 * What each list of the API can be sorted and filtered by, on the server. A filter is a query parameter of that name;
 * several values, by commas, mean any of them. `labelSelector` has `kubectl -l`'s syntax: over the labels of clusters
 * in `clusters`, `assignments`, `objects` and `drift`, of bundles in `bundles`.
 *
 * Sort: `sort=-committedAt,sha`; `-` is descending. The first of `sort` is the default order, and the list's key
 * always breaks ties, so that paging is stable.
 */
export const LISTS = {
  clusters: {
    sort: ['name', 'sync', 'health', 'connected', 'lastSeen'],
    filters: ['name', 'sync', 'health', 'connected', 'paused'],
    labelSelector: true,
  },
  bundles: {
    sort: ['name', 'state', 'sync', 'health'],
    filters: ['name', 'state', 'sync', 'health', 'paused'],
    labelSelector: true,
  },
  revisions: { sort: ['-seenAt', 'committedAt', 'state'], filters: ['sha', 'state'], labelSelector: false },
  assignments: {
    sort: ['cluster', 'bundle', 'sync', 'health', 'observedAt'],
    filters: ['cluster', 'bundle', 'sync', 'health', 'reason', 'revision'],
    labelSelector: true,
  },
  objects: {
    sort: ['cluster', 'bundle', 'kind', 'namespace', 'name', 'sync', 'health'],
    filters: ['cluster', 'bundle', 'group', 'kind', 'namespace', 'name', 'image', 'sync', 'health'],
    labelSelector: true,
  },
  drift: {
    sort: ['cluster', 'bundle', 'kind', 'namespace', 'name', 'field', 'manager'],
    filters: ['cluster', 'bundle', 'group', 'kind', 'namespace', 'name', 'field', 'manager', 'reason'],
    labelSelector: true,
  },
  events: { sort: ['-at'], filters: ['cluster', 'bundle', 'type'], labelSelector: false },
  pauses: { sort: ['scope', 'name', 'since'], filters: ['scope', 'name'], labelSelector: false },
  'join-tokens': { sort: ['-createdAt', 'name'], filters: ['name'], labelSelector: false },
} as const satisfies Record<
  string,
  { readonly sort: readonly string[]; readonly filters: readonly string[]; readonly labelSelector: boolean }
>;
export type ListName = keyof typeof LISTS;

/** The query parameters that all lists share; the filters of `LISTS` come on top. */
export const ListQuery = z.object({
  labelSelector: z.string().optional(),
  sort: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
  page: z.string().optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/**
 * `GET /api/v1/events/stream`, server-sent events: `event: changed` with one of these as data. It only says what is
 * worth reading again (with `If-None-Match`), so nothing is lost with a connection: read again after each reconnect.
 */
export const ChangeNotice = z.object({
  topics: z.array(z.enum(['clusters', 'bundles', 'revisions', 'assignments', 'objects', 'status'])),
});
export type ChangeNotice = z.infer<typeof ChangeNotice>;
