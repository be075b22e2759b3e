import { KubeApiError, KubeNetworkError } from './errors.ts';
import { withIdentity } from './live-object.ts';
import { JSON_TYPE, PARTIAL_OBJECT_LIST } from './media-types.ts';
import type { BoundedListOptions, KubeList, KubeObject, Resource } from './port.ts';
import { collectionPath, queryOf } from './resource-path.ts';
import type { Transport } from './transport.ts';

/** Objects per page; what kubectl and client-go ask for. */
const PAGE_SIZE = 500;
/** How often a list whose continue token ran out is begun again before it is asked for in one piece. */
const MAX_RESTARTS = 2;

interface ListPage {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: KubeObject[] | null;
}

/**
 * All objects, page by page, as of one resourceVersion.
 *
 * A continue token lives as long as etcd's history (5 minutes); when one has run out the pages already read belong to
 * a past that can't be finished, so the list begins again, and is asked for whole when that happens repeatedly.
 * A page that is too large to read (Secrets may have a megabyte each) is asked for again in quarters.
 */
export async function listAll(
  transport: Transport,
  resource: Resource,
  options: BoundedListOptions,
): Promise<KubeList> {
  let limit = PAGE_SIZE;
  for (let restarts = 0; ;) {
    try {
      return await listOnce(transport, resource, options, restarts > MAX_RESTARTS ? undefined : limit);
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 410 && restarts <= MAX_RESTARTS) {
        restarts += 1;
      } else if (error instanceof KubeNetworkError && error.code === 'MUSTER_ANSWER_TOO_LARGE' && limit > 1) {
        limit = Math.ceil(limit / 4);
        restarts = 0;
      } else {
        throw error;
      }
    }
  }
}

async function listOnce(
  transport: Transport,
  resource: Resource,
  options: BoundedListOptions,
  limit: number | undefined,
): Promise<KubeList> {
  const { maxItems = Infinity } = options;
  const items: KubeObject[] = [];
  let next: string | undefined;
  for (;;) {
    const page: ListPage = await transport.json<ListPage>({
      method: 'GET',
      path:
        collectionPath(resource, options.namespace) +
        queryOf({
          labelSelector: options.labelSelector,
          fieldSelector: options.fieldSelector,
          limit: limit === undefined ? undefined : String(Math.min(limit, maxItems - items.length)),
          continue: next,
        }),
      accept: options.metadataOnly === true ? PARTIAL_OBJECT_LIST : JSON_TYPE,
      repeatable: true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    for (const item of page.items ?? []) items.push(withIdentity(item, resource));
    next = page.metadata.continue;
    const resourceVersion = page.metadata.resourceVersion ?? '';
    if (next === undefined || next === '') return { items, resourceVersion };
    if (items.length >= maxItems) return { items, resourceVersion, isCut: true };
  }
}
