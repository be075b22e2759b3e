import { Agent, request } from 'undici';
import type { KubeConfig, KubeStatusDetails, ObjectMeta } from '@muster/kube';

/** An object, a list or a `Status`, as it came. */
export interface Body {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta & { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly Body[];
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: KubeStatusDetails;
  readonly [field: string]: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
}

export interface SendOptions {
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The least that speaks to an API server: nothing of Muster's client stands between a case and the answer. */
export interface Api {
  readonly send: (method: string, path: string, body?: unknown, options?: SendOptions) => Promise<ApiAnswer>;
  readonly get: (path: string, accept?: string) => Promise<ApiAnswer>;
  /** Server-side apply; forced unless said otherwise. */
  readonly apply: (path: string, manager: string, body: unknown, query?: string) => Promise<ApiAnswer>;
  readonly patch: (
    path: string,
    type: 'merge' | 'strategic-merge' | 'json',
    body: unknown,
  ) => Promise<ApiAnswer>;
  readonly close: () => Promise<void>;
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

export function createApi(config: KubeConfig): Api {
  const { ca, cert, key } = config.tls ?? {};
  const agent = new Agent({ connect: { ca, cert, key }, allowH2: false });
  const send: Api['send'] = async (method, path, body, options = {}) => {
    const answer = await request(config.server + path, {
      dispatcher: agent,
      method,
      headers: {
        ...options.headers,
        accept: options.accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
        ...(config.token === undefined ? {} : { authorization: `Bearer ${config.token}` }),
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, body: parse(text) };
  };
  return {
    send,
    get: (path, accept) => send('GET', path, undefined, accept === undefined ? {} : { accept }),
    apply: (path, manager, body, query = '&force=true') =>
      send('PATCH', `${path}?fieldManager=${manager}${query}`, body, {
        contentType: 'application/apply-patch+yaml',
      }),
    patch: (path, type, body) => send('PATCH', path, body, { contentType: PATCH_TYPES[type] }),
    close: () => agent.destroy(),
  };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { metadata: { name: '' }, items: [], message: text };
  }
}

/** What a manager owns, as `fieldsV1` says it; `undefined` when it has no entry. */
export function ownedBy(
  body: Body,
  manager: string,
  operation: 'Apply' | 'Update' = 'Apply',
  subresource?: string,
): unknown {
  return body.metadata.managedFields?.find(
    (entry) =>
      entry.manager === manager && entry.operation === operation && entry.subresource === subresource,
  )?.fieldsV1;
}
