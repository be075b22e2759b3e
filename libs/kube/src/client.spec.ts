import { afterEach, describe, expect, it } from 'vitest';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createKubeClient, type KubeClientOptions } from './client.ts';
import type { KubeConfig } from './config.ts';
import { KubeApiError, KubeNetworkError } from './errors.ts';
import type { FollowEvent, KubeClient, KubeObject, Resource } from './port.ts';
import { collect } from './testing/collect.ts';
import { fakeServer, sendJson, sendStatus, type FakeServer } from './testing/fake-server.ts';

const configMap: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const one = { namespace: 'shop', name: 'one' };
const path = '/api/v1/namespaces/shop/configmaps';
const apply = { fieldManager: 'muster', force: true };
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function clientOf(
  answer: (request: IncomingMessage, response: ServerResponse, index: number) => void,
  options: KubeClientOptions = {},
  config: Partial<KubeConfig> = {},
): Promise<{ readonly client: KubeClient; readonly server: FakeServer }> {
  const server = await fakeServer(answer);
  const client = createKubeClient({ server: server.url, ...config }, { random: () => 0, ...options });
  cleanups.push(
    () => client.close(),
    () => server.close(),
  );
  return { client, server };
}

function object(name: string, resourceVersion: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, resourceVersion } };
}

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a request', () => {
  it('rejects with what the API server said', async () => {
    const { client } = await clientOf((_, response) => sendStatus(response, 404, 'NotFound'));
    const error = await caught(client.get(configMap, one));
    expect(error).toBeInstanceOf(KubeApiError);
    expect(error).toMatchObject({ status: 404, reason: 'NotFound', message: 'said NotFound' });
  });

  it('names a proxy’s error after its HTTP status', async () => {
    const { client } = await clientOf((_, response) => response.writeHead(502).end('<html>no backend\nmore'));
    expect(await caught(client.get(configMap, one))).toMatchObject({
      status: 502,
      reason: 'BadGateway',
      message: '<html>no backend',
    });
  });

  it('is repeated when the API server asks for patience', async () => {
    const { client, server } = await clientOf((_, response, index) =>
      index === 0
        ? sendStatus(response, 429, 'TooManyRequests', { 'retry-after': '0' })
        : sendJson(response, object('one', '1')),
    );
    await client.apply(configMap, one, Buffer.from('{}'), apply);
    expect(server.requests).toHaveLength(2);
  });

  it('is not repeated when a JSON patch is refused, and names itself one', async () => {
    let type: string | undefined;
    const { client, server } = await clientOf((request, response) => {
      type = request.headers['content-type'];
      sendStatus(response, 409, 'Conflict');
    });
    const operations = [{ op: 'replace', path: '/metadata/resourceVersion', value: '7' }] as const;
    expect(await caught(client.jsonPatch(configMap, one, operations))).toMatchObject({ status: 409 });
    expect(server.requests).toEqual([`PATCH ${path}/one?fieldManager=muster`]);
    expect(type).toBe('application/json-patch+json');
  });

  it('says how long to wait when it gives up', async () => {
    const { client, server } = await clientOf((_, response) =>
      sendStatus(response, 429, 'TooManyRequests', { 'retry-after': '60' }),
    );
    expect(await caught(client.get(configMap, one))).toMatchObject({ status: 429, retryAfterMs: 60_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('is repeated once when its connection closes, unless it may not happen twice', async () => {
    const { client, server } = await clientOf((request, response, index) =>
      index % 2 === 0 ? request.socket.destroy() : sendJson(response, object('one', '1')),
    );
    await client.apply(configMap, one, Buffer.from('{}'), apply);
    expect(server.requests).toHaveLength(2);
    expect(await caught(client.create(configMap, 'shop', object('one', '')))).toBeInstanceOf(
      KubeNetworkError,
    );
    expect(server.requests).toHaveLength(3);
  });

  it('rejects with the reason when it is aborted, also while it waits for a connection', async () => {
    const { client } = await clientOf(() => {}, { connections: 1 });
    const stop = new AbortController();
    const both = [1, 2].map(() => caught(client.get(configMap, one, { signal: stop.signal })));
    stop.abort(new Error('enough'));
    expect(await Promise.all(both)).toMatchObject([{ message: 'enough' }, { message: 'enough' }]);
  });

  it('rejects with the reason when it is aborted while it waits to ask again', async () => {
    const stop = new AbortController();
    const { client } = await clientOf((_, response) => {
      response.once('close', () => stop.abort(new Error('enough')));
      sendStatus(response, 429, 'TooManyRequests', { 'retry-after': '9', connection: 'close' });
    });
    expect(await caught(client.get(configMap, one, { signal: stop.signal }))).toMatchObject({
      message: 'enough',
    });
  });

  it('fails when nobody answers in time', async () => {
    const { client } = await clientOf(() => {}, { timeoutMs: 100 });
    expect(await caught(client.get(configMap, one))).toMatchObject({
      name: 'KubeNetworkError',
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
  });

  it('fails at once when nobody listens', async () => {
    const { client, server } = await clientOf(() => {});
    await server.close();
    cleanups.pop();
    expect(await caught(client.get(configMap, one))).toMatchObject({
      name: 'KubeNetworkError',
      code: 'ECONNREFUSED',
    });
  });

  it('asks for a fresh credential once after a 401', async () => {
    const asked: boolean[] = [];
    const authorization: KubeConfig['authorization'] = async ({ fresh }) => {
      asked.push(fresh);
      return fresh ? 'Bearer new' : 'Bearer old';
    };
    const { client } = await clientOf(
      (request, response) =>
        request.headers.authorization === 'Bearer new'
          ? sendJson(response, object('one', '1'))
          : sendStatus(response, 401, 'Unauthorized'),
      {},
      { authorization },
    );
    expect((await client.get(configMap, one)).metadata.name).toBe('one');
    expect(asked).toEqual([false, true]);
  });

  it('goes below the path of the server', async () => {
    const server = await fakeServer((_, response) => sendJson(response, object('one', '1')));
    const client = createKubeClient({ server: `${server.url}/clusters/a/` });
    cleanups.push(
      () => client.close(),
      () => server.close(),
    );
    await client.get(configMap, one);
    expect(server.requests).toEqual([`GET /clusters/a${path}/one`]);
  });
});

describe('a list', () => {
  const page = (names: readonly string[], next?: string) => ({
    metadata: { resourceVersion: '9', ...(next === undefined ? {} : { continue: next }) },
    items: names.map((name) => ({ metadata: { name } })),
  });

  it('is read page by page, and gives its items their kind', async () => {
    const { client, server } = await clientOf((_, response, index) =>
      sendJson(response, index === 0 ? page(['a'], 'n e') : page(['b'])),
    );
    const list = await client.list(configMap, { namespace: 'shop' });
    expect(list).toMatchObject({
      resourceVersion: '9',
      items: [{ kind: 'ConfigMap', metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    });
    expect(server.requests).toEqual([`GET ${path}?limit=500`, `GET ${path}?limit=500&continue=n%20e`]);
  });

  it('begins again when its continue token ran out, and asks for all at once in the end', async () => {
    const { client, server } = await clientOf((request, response) => {
      const query = new URL(request.url!, 'http://x').searchParams;
      if (query.has('continue')) sendStatus(response, 410, 'Expired');
      else sendJson(response, query.has('limit') ? page(['a'], 'next') : page(['a', 'b']));
    });
    expect((await client.list(configMap, { namespace: 'shop' })).items).toHaveLength(2);
    expect(server.requests.at(-1)).toBe(`GET ${path}`);
    expect(server.requests).toHaveLength(7);
  });

  it('asks for smaller pages when one is too large to read', async () => {
    const { client, server } = await clientOf(
      (request, response) => {
        const limit = Number(new URL(request.url!, 'http://x').searchParams.get('limit'));
        sendJson(response, page(Array.from({ length: Math.min(limit, 100) }, () => 'x'.repeat(20))));
      },
      { maxBytes: 2_000 },
    );
    expect((await client.list(configMap, { namespace: 'shop' })).items.length).toBe(32);
    expect(server.requests.map((request) => request.split('=')[1])).toEqual(['500', '125', '32']);
  });
});

describe('following', () => {
  it('quotes nothing of an event that cannot be read', async () => {
    const { client } = await clientOf((_, response, index) => {
      if (index === 0) sendJson(response, { metadata: { resourceVersion: '5' }, items: [] });
      else response.end('{"type":"MODIFIED","object":{"data":hunter2}}\n');
    });
    const stop = new AbortController();
    const errors: unknown[] = [];
    const onError = (error: unknown): void => {
      errors.push(error);
      stop.abort();
    };
    await collect(client.follow(configMap, { namespace: 'shop', signal: stop.signal, onError })).catch(
      () => 0,
    );
    expect(errors).toMatchObject([{ message: 'watch of configmaps: an event is no JSON' }]);
  });

  it('resumes where a watch broke, and lists anew when that is too old', async () => {
    const frame = (type: string, of: unknown): string => `${JSON.stringify({ type, object: of })}\n`;
    const { client, server } = await clientOf((_, response, index) => {
      if (index === 0) sendJson(response, { metadata: { resourceVersion: '5' }, items: [object('a', '3')] });
      else if (index === 1) response.write(frame('MODIFIED', object('a', '6')), () => response.destroy());
      else if (index === 2) response.end(frame('BOOKMARK', object('', '8')));
      else if (index === 3)
        response.end(frame('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'old' }));
      else if (index === 4) sendJson(response, { metadata: { resourceVersion: '20' }, items: [] });
      else response.write(frame('DELETED', object('b', '21')));
    });
    const stop = new AbortController();
    const told: FollowEvent['type'][] = [];
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    for await (const event of client.follow(configMap, { namespace: 'shop', signal: stop.signal, onError })) {
      told.push(event.type);
      if (event.type === 'GONE') stop.abort();
    }
    expect(told).toEqual(['LISTED', 'CHANGED', 'LISTED', 'GONE']);
    expect(errors).toMatchObject([{ name: 'KubeNetworkError' }]);
    const versions = server.requests.map((request) =>
      new URL(request.slice(4), 'http://x').searchParams.get('resourceVersion'),
    );
    expect(versions).toEqual([null, '5', '6', '8', null, '20']);
  });

  it('ends when it is told to, also while it waits to try again', async () => {
    const { client } = await clientOf((_, response) => sendStatus(response, 403, 'Forbidden'));
    const stop = new AbortController();
    const events = client.follow(configMap, { signal: stop.signal, onError: () => stop.abort() });
    expect(await collect(events)).toEqual([]);
  });
});

describe('discovery', () => {
  it('goes group by group where it is not aggregated, and is incomplete while a group is away', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      '/version': { gitVersion: 'v1.25.0' },
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          { name: 'apps', versions: [{ version: 'v1' }] },
          { name: 'away.test', versions: [{ version: 'v1' }] },
        ],
      },
      '/api/v1': {
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] },
          { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        ],
      },
      '/apis/apps/v1': {
        resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }],
      },
    };
    const { client } = await clientOf((request, response) => {
      const answer = answers[request.url!];
      if (answer === undefined) sendStatus(response, 503, 'ServiceUnavailable');
      else sendJson(response, answer);
    });
    const discovery = await client.discover();
    expect(discovery).toMatchObject({
      serverVersion: 'v1.25.0',
      complete: false,
      failedGroups: ['away.test/v1'],
    });
    expect(discovery.resources.map((resource) => resource.plural)).toEqual(['pods', 'deployments']);
  });
});
