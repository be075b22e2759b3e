import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json/value.ts';
import { configMapBody, shop, testApi, type TestApi } from '../testing/api.ts';

interface Asked {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly object: JsonObject | null;
}

type Handler = (request: Asked) => Promise<JsonObject> | JsonObject;

/** A cluster whose one webhook is `handler`: of ConfigMaps and Pods, before they are created or changed. */
const withWebhook = async (kind: 'Mutating' | 'Validating', handler: Handler): Promise<TestApi> => {
  const api = testApi(async (_client, body) => {
    const { request, apiVersion } = JSON.parse(body) as { request: Asked; apiVersion: string };
    const response = { uid: request.uid, allowed: true, ...(await handler(request)) };
    return JSON.stringify({ apiVersion, kind: 'AdmissionReview', response });
  });
  await api.ask('POST', `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'hooks' },
    webhooks: [
      {
        name: 'one.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { url: 'https://hook.example.com' },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['configmaps', 'pods'],
          },
        ],
      },
    ],
  });
  return api;
};

const patchOf = (operations: readonly object[]): JsonObject => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

const merge = 'application/merge-patch+json';

describe('a write that webhooks are asked about', () => {
  it('is made over what others wrote meanwhile, of which the webhook is then asked', async () => {
    const seen: unknown[] = [];
    const slow = await withWebhook('Mutating', async ({ operation, object }) => {
      seen.push(object?.['data']);
      // The first change of the object comes while the webhook thinks of another one.
      if (operation === 'UPDATE' && seen.length === 2) {
        slow.cluster.store.put('/configmaps', {
          ...slow.cluster.store.get('/configmaps', 'shop/one')!,
          data: { a: '1', meanwhile: '1' },
        });
      }
      return {};
    });
    const path = await shop(slow);
    await slow.ask('POST', path, configMapBody('one', { a: '1' }));
    const changed = await slow.ask('PATCH', `${path}/one`, { data: { b: '2' } }, merge);
    expect(changed.body['data']).toEqual({ a: '1', b: '2', meanwhile: '1' });
    expect(seen).toEqual([{ a: '1' }, { a: '1', b: '2' }, { a: '1', b: '2', meanwhile: '1' }]);
  });

  it('is refused if it named a version that went meanwhile', async () => {
    const api = await withWebhook('Validating', ({ operation }) => {
      if (operation === 'UPDATE')
        api.cluster.store.put('/configmaps', { ...api.cluster.store.get('/configmaps', 'shop/one')! });
      return {};
    });
    const path = await shop(api);
    const { body } = await api.ask('POST', path, configMapBody('one'));
    const answer = await api.ask('PUT', `${path}/one`, { ...body, data: { a: '2' } });
    expect(answer.status).toBe(409);
  });

  it('gives up on an object that is changed faster than the webhook answers', async () => {
    let count = 0;
    const api = await withWebhook('Mutating', ({ operation }) => {
      if (operation === 'UPDATE') {
        const live = api.cluster.store.get('/configmaps', 'shop/one')!;
        api.cluster.store.put('/configmaps', { ...live, data: { count: `${(count += 1)}` } });
      }
      return {};
    });
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one'));
    const answer = await api.ask('PATCH', `${path}/one`, { data: { b: '2' } }, merge);
    expect(answer).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
  });

  it('gets one name, whichever webhooks are asked about it', async () => {
    const names: unknown[] = [];
    const api = await withWebhook('Validating', ({ object }) => {
      names.push((object?.['metadata'] as JsonObject)['name']);
      return {};
    });
    const path = await shop(api);
    const named = configMapBody('', {}, { generateName: 'made-' });
    const { body } = await api.ask('POST', path, named);
    expect(names).toEqual([(body['metadata'] as JsonObject)['name']]);
  });

  it('is not written without a webhook that answers nonsense', async () => {
    const api = await withWebhook('Mutating', () => ({ uid: 'of another' }));
    const path = await shop(api);
    const answer = await api.ask('POST', path, configMapBody('one'));
    expect(answer.status).toBe(500);
    expect(answer.body['message']).toContain('failed calling webhook "one.example.com": received invalid');
  });

  it('is not written when the patch does not fit', async () => {
    const api = await withWebhook('Mutating', () => patchOf([{ op: 'remove', path: '/spec/none' }]));
    const path = await shop(api);
    expect((await api.ask('POST', path, configMapBody('one'))).status).toBe(500);
    expect((await api.ask('GET', `${path}/one`)).status).toBe(404);
  });
});

describe('a controller whose Pods a webhook denies', () => {
  it('tries again, later and later, and makes each Pod once it may', async () => {
    let mayRun = false;
    let asked = 0;
    const api = await withWebhook('Validating', (): JsonObject => {
      asked += 1;
      return mayRun ? { allowed: true } : { allowed: false, status: { message: 'not yet' } };
    });
    await shop(api);
    await api.ask('POST', '/apis/apps/v1/namespaces/shop/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
      },
    });
    const pods = (): number => api.cluster.store.list('/pods').length;
    const turn = async (): Promise<void> => {
      api.environment.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await turn();
    await turn();
    expect(pods()).toBe(0);
    mayRun = true;
    while (pods() < 2) await turn();
    await turn();
    expect(pods()).toBe(2);
    expect(asked).toBeGreaterThan(2);
  });
});
