import { describe, expect, it } from 'vitest';
import { at, listAt, numberAt, textAt, type JsonObject } from '../json/value.ts';
import { configMapBody, shop, testApi, type TestApi } from '../testing/api.ts';
import { readyAnnotation } from './pod-objects.ts';

const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const deployment = (replicas: number, image = 'web:1', annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations },
      spec: { containers: [{ name: 'web', image }] },
    },
  },
});
const ready = async (api: TestApi): Promise<number> =>
  numberAt((await api.ask('GET', `${deployments}/web`)).body, 'status', 'readyReplicas') ?? 0;
const count = async (api: TestApi, path: string): Promise<number> =>
  listAt((await api.ask('GET', path)).body, 'items').length;

describe('a Deployment', () => {
  it('has its Pods at once, and is ready after a while', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(3));
    api.environment.advance(999);
    expect([await count(api, '/api/v1/namespaces/shop/pods'), await ready(api)]).toEqual([3, 0]);
    api.environment.advance(1);
    expect(await ready(api)).toBe(3);
  });

  it('says which generation its status is of', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(1));
    await api.apply(`${deployments}/web`, deployment(2));
    api.environment.advance(2000);
    const { body } = await api.ask('GET', `${deployments}/web`);
    expect(numberAt(body, 'status', 'observedGeneration')).toBe(numberAt(body, 'metadata', 'generation'));
  });

  it('replaces its Pods when its template changes, and keeps the old ReplicaSet at none', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(2));
    api.environment.advance(2000);
    await api.apply(`${deployments}/web`, deployment(2, 'web:2'));
    api.environment.advance(2000);
    const { body } = await api.ask('GET', '/api/v1/namespaces/shop/pods');
    const images = listAt(body, 'items').map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image'));
    expect(images).toEqual(['web:2', 'web:2']);
    expect(await count(api, '/apis/apps/v1/namespaces/shop/replicasets')).toBe(2);
  });

  it('never is ready if its template says so', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(1, 'web:1', { [readyAnnotation]: 'false' }));
    api.environment.advance(3_600_000);
    expect(await ready(api)).toBe(0);
  });

  it('takes ReplicaSet and Pods with it when it is deleted', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(2));
    api.environment.advance(2000);
    await api.ask('DELETE', `${deployments}/web`);
    api.environment.advance(0);
    expect(await count(api, '/api/v1/namespaces/shop/pods')).toBe(0);
  });

  it('deleted in the foreground goes after its Pods', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(2));
    api.environment.advance(2000);
    await api.ask('DELETE', `${deployments}/web?propagationPolicy=Foreground`);
    expect((await api.ask('GET', `${deployments}/web`)).status).toBe(200);
    api.environment.advance(0);
    expect((await api.ask('GET', `${deployments}/web`)).status).toBe(404);
    expect(await count(api, '/api/v1/namespaces/shop/pods')).toBe(0);
  });

  it('deleted with orphaning leaves its ReplicaSet', async () => {
    const api = testApi();
    await shop(api);
    await api.apply(`${deployments}/web`, deployment(1));
    api.environment.advance(2000);
    await api.ask('DELETE', `${deployments}/web?propagationPolicy=Orphan`);
    api.environment.advance(0);
    const { body } = await api.ask('GET', '/apis/apps/v1/namespaces/shop/replicasets');
    expect(listAt(body, 'items').map((one) => listAt(one, 'metadata', 'ownerReferences'))).toEqual([[]]);
  });
});

describe('a Namespace', () => {
  it('goes with all that is in it', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('one'));
    await api.ask('DELETE', '/api/v1/namespaces/shop');
    expect((await api.ask('POST', path, configMapBody('late'))).status).toBe(403);
    api.environment.advance(0);
    expect((await api.ask('GET', '/api/v1/namespaces/shop')).status).toBe(404);
    expect(api.cluster.store.list('/configmaps')).toEqual([]);
  });

  it('waits for an object with a finalizer', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('held', {}, { finalizers: ['example.test/hold'] }));
    await api.ask('DELETE', '/api/v1/namespaces/shop');
    api.environment.advance(0);
    expect((await api.ask('GET', '/api/v1/namespaces/shop')).status).toBe(200);
    await api.ask(
      'PATCH',
      `${path}/held`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    api.environment.advance(0);
    expect((await api.ask('GET', '/api/v1/namespaces/shop')).status).toBe(404);
  });
});

describe('garbage collection', () => {
  const ownedBy = (kind: string, name: string, uid: string): JsonObject => ({
    ownerReferences: [{ apiVersion: kind === 'ConfigMap' ? 'v1' : 'unknown.test/v1', kind, name, uid }],
  });

  it('deletes an object whose owner was another of the same name', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('owner'));
    await api.ask('POST', path, configMapBody('child', {}, ownedBy('ConfigMap', 'owner', 'not-its-uid')));
    api.environment.advance(0);
    expect((await api.ask('GET', `${path}/child`)).status).toBe(404);
  });

  it('keeps an owner in the foreground until a dependent lets go of it', async () => {
    const api = testApi();
    const path = await shop(api);
    const uid = textAt((await api.ask('POST', path, configMapBody('owner'))).body, 'metadata', 'uid') ?? '';
    const [reference] = listAt(ownedBy('ConfigMap', 'owner', uid), 'ownerReferences');
    await api.ask(
      'POST',
      path,
      configMapBody(
        'child',
        {},
        {
          finalizers: ['example.test/hold'],
          ownerReferences: [{ ...(reference as JsonObject), blockOwnerDeletion: true }],
        },
      ),
    );
    await api.ask('DELETE', `${path}/owner?propagationPolicy=Foreground`);
    api.environment.advance(0);
    expect((await api.ask('GET', `${path}/owner`)).status).toBe(200);
    const letGo = { metadata: { ownerReferences: null } };
    await api.ask('PATCH', `${path}/child`, letGo, 'application/merge-patch+json');
    api.environment.advance(0);
    expect((await api.ask('GET', `${path}/owner`)).status).toBe(404);
  });

  it('leaves an object whose owner’s kind isn’t served', async () => {
    const api = testApi();
    const path = await shop(api);
    await api.ask('POST', path, configMapBody('child', {}, ownedBy('Thing', 'owner', 'some-uid')));
    api.environment.advance(0);
    expect((await api.ask('GET', `${path}/child`)).status).toBe(200);
  });
});

describe('a CustomResourceDefinition', () => {
  const crd: JsonObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'shops.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Namespaced',
      names: { plural: 'shops', kind: 'Shop' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
  };
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const shops = '/apis/example.test/v1/namespaces/shop/shops';

  it('is established, and its kind is served from then on', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', crds, crd);
    expect((await api.ask('GET', shops)).status).toBe(404);
    api.environment.advance(0);
    expect((await api.ask('GET', shops)).status).toBe(200);
    expect((await api.ask('GET', '/apis/example.test/v1')).status).toBe(200);
  });

  it('keeps integers beyond 2^53 to the last digit', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', crds, crd);
    api.environment.advance(0);
    const object =
      '{"apiVersion":"example.test/v1","kind":"Shop","metadata":{"name":"one"},"spec":{"number":9007199254740993}}';
    await api.ask('POST', shops, object);
    expect(JSON.stringify(at((await api.ask('GET', `${shops}/one`)).body, 'spec'))).toBe(
      '{"number":9007199254740993}',
    );
  });

  it('takes its objects and its kind with it', async () => {
    const api = testApi();
    await shop(api);
    await api.ask('POST', crds, crd);
    api.environment.advance(0);
    await api.ask('POST', shops, { apiVersion: 'example.test/v1', kind: 'Shop', metadata: { name: 'one' } });
    await api.ask('DELETE', `${crds}/shops.example.test`);
    expect((await api.ask('GET', shops)).status).toBe(404);
    expect(api.cluster.store.list('example.test/shops')).toEqual([]);
  });
});
