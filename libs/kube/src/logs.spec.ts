import { afterEach, describe, expect, it } from 'vitest';
import { createKubeClient } from './client.ts';
import type { KubeClient, Resource } from './port.ts';
import { fakeServer, sendJson, sendStatus, type FakeServer } from './testing/fake-server.ts';

const pod = { namespace: 'shop', name: 'web-1' };
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function clientOf(
  answer: Parameters<typeof fakeServer>[0],
): Promise<{ readonly client: KubeClient; readonly server: FakeServer }> {
  const server = await fakeServer(answer);
  const client = createKubeClient({ server: server.url }, { random: () => 0 });
  cleanups.push(
    () => client.close(),
    () => server.close(),
  );
  return { client, server };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('the log of a container', () => {
  const { signal } = new AbortController();

  it('is asked for as the caller wants it', async () => {
    const { client, server } = await clientOf((_, response) => response.end('one\ntwo\n'));
    expect(await read(client.logs(pod, { signal }))).toBe('one\ntwo\n');
    const all = {
      container: 'web',
      follow: true,
      previous: true,
      tailLines: 5,
      sinceSeconds: 60,
      limitBytes: 9,
    };
    await read(client.logs(pod, { ...all, signal }));
    expect(server.requests).toEqual([
      'GET /api/v1/namespaces/shop/pods/web-1/log',
      'GET /api/v1/namespaces/shop/pods/web-1/log?container=web&follow=true&previous=true&tailLines=5&sinceSeconds=60&limitBytes=9',
    ]);
  });

  it('rejects with what the API server said, and where it breaks off', async () => {
    const { client } = await clientOf((_, response, index) => {
      if (index === 0) sendStatus(response, 400, 'BadRequest');
      else response.write('so far', () => response.destroy());
    });
    await expect(read(client.logs(pod, { signal }))).rejects.toMatchObject({
      name: 'KubeApiError',
      status: 400,
    });
    await expect(read(client.logs(pod, { signal }))).rejects.toMatchObject({ name: 'KubeNetworkError' });
  });

  it('ends when it is told to, though the container says nothing', async () => {
    const { client } = await clientOf((_, response) => response.write('begun\n'));
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of client.logs(pod, { follow: true, signal: stop.signal }))
        stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a list that is bounded', () => {
  const configMaps: Resource = {
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    namespaced: true,
    verbs: [],
  };
  const items = (...names: string[]) => names.map((name) => ({ metadata: { name } }));

  it('reads no more than that, and says that there is more', async () => {
    const { client, server } = await clientOf((_, response, index) =>
      sendJson(response, {
        metadata: { continue: 'next' },
        items: index === 0 ? items('a', 'b') : items('c'),
      }),
    );
    const list = await client.list(configMaps, { namespace: 'shop', maxItems: 3 });
    expect(list.items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c']);
    expect(list.isCut).toBe(true);
    expect(server.requests.map((request) => new URLSearchParams(request.split('?')[1]).get('limit'))).toEqual(
      ['3', '1'],
    );
  });

  it('is whole where there is no more', async () => {
    const { client } = await clientOf((_, response) =>
      sendJson(response, { metadata: {}, items: items('a') }),
    );
    expect((await client.list(configMaps, { maxItems: 1 })).isCut).toBeUndefined();
  });
});
