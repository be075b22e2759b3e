import type { KubeObject, Resource } from '@muster/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedAgent, configMap, configMaps, until } from './testing.ts';

const shop = (...objects: object[]) => ({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
const key = { namespace: 'shop', name: 'a' };
const clusterWide = (group: string, plural: string, kind: string): Resource => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced: false,
  verbs: [],
});
const namespaces = clusterWide('', 'namespaces', 'Namespace');
const crds = clusterWide('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition');
const widgets: Resource = {
  ...clusterWide('example.com', 'widgets', 'Widget'),
  namespaced: true,
};
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  spec: { ports: [{ port: 80 }] },
};
const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    names: { kind: 'Widget', plural: 'widgets' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } };

describe('the agent, where its cluster', () => {
  let agent: SimulatedAgent;
  const synced = () => agent.until('shop', (status) => status.sync === 'Synced');
  const find = async (resource: Resource = configMaps): Promise<KubeObject | undefined> =>
    agent.kube.get(resource, key).catch(() => undefined);
  const valueOf = (found: KubeObject | undefined) =>
    (found as { data?: { value?: string } } | undefined)?.data?.value;
  beforeEach(async () => {
    agent = await SimulatedAgent.start();
  });
  afterEach(() => agent.stop());

  it('is slow to list one kind, applies the others meanwhile, and that one when it has answered', async () => {
    agent.cluster.faults.add({
      match: { verbs: ['list'], resource: 'services' },
      effect: { kind: 'latency', milliseconds: 6_000 },
    });
    await agent.say(shop(configMap('a'), service));
    await until(find, (found) => found !== undefined);
    expect(agent.core.statuses()[0]?.sync).not.toBe('Synced');
    await synced();
  });

  it('refuses writes for a while, with 429 and 500 or by cutting the line, gets there all the same', async () => {
    const match = { verbs: ['patch'], resource: 'configmaps' } as const;
    agent.cluster.faults.add({ match, effect: { kind: 'throttle', retryAfterSeconds: 0 }, times: 2 });
    agent.cluster.faults.add({ match, effect: { kind: 'fail', code: 500 }, times: 1 });
    agent.cluster.faults.add({ match, effect: { kind: 'disconnect' }, times: 2 });
    await agent.say(shop(configMap('a'), configMap('b')));
    await synced();
    expect(await agent.names()).toEqual(['a', 'b']);
  });

  it('breaks its watches and has forgotten their past, still corrects what others change', async () => {
    await agent.say(shop(configMap('a')));
    await synced();
    const match = { resource: 'configmaps' } as const;
    agent.cluster.faults.add({ match, effect: { kind: 'expire-watch' }, times: 1 });
    agent.cluster.faults.add({ match, effect: { kind: 'break-watch', afterEvents: 1 }, times: 2 });
    for (const value of ['x', 'y', 'z']) {
      await agent.kube.mergePatch(configMaps, key, { data: { value } });
      await until(find, (found) => valueOf(found) === '1');
    }
  });

  it('loses a namespace by hand, makes it again with all that belongs there', async () => {
    await agent.say(shop(configMap('a'), configMap('b')));
    await synced();
    const { uid } = (await find())!.metadata;
    await agent.kube.delete(namespaces, { name: 'shop' });
    await until(find, (found) => found !== undefined && found.metadata.uid !== uid);
    await until(
      () => agent.names(),
      (names) => names.length === 2,
    );
  });

  it('loses a definition by hand, makes it again with the objects of its kind', async () => {
    await agent.say(shop(widgetDefinition, widget));
    await synced();
    const { uid } = (await find(widgets))!.metadata;
    await agent.kube.delete(crds, { name: 'widgets.example.com' });
    await until(
      () => find(widgets),
      (found) => found !== undefined && found.metadata.uid !== uid,
    );
    await synced();
  });

  it('does not serve a kind, says so, applies the rest, and that kind once it is served', async () => {
    await agent.say(shop(configMap('a'), widget));
    const { objects } = await agent.until('shop', (status) => status.objects[0]?.reason === 'KindMissing');
    expect(objects).toHaveLength(1);
    expect(await find()).toBeDefined();
    await agent.kube.create(crds, undefined, widgetDefinition);
    await synced();
    expect(await find(widgets)).toBeDefined();
  });

  it("loses somebody else's definition, makes the objects of its kind again when that is back", async () => {
    await agent.kube.create(crds, undefined, widgetDefinition);
    await agent.say(shop(configMap('a'), widget));
    await synced();
    await agent.kube.delete(crds, { name: 'widgets.example.com' });
    await agent.until('shop', (status) => status.objects[0]?.reason === 'KindMissing');
    await agent.kube.create(crds, undefined, widgetDefinition);
    await synced();
    expect(await find(widgets)).toBeDefined();
  });

  it('serves a version no more that objects are of, keeps them all, and deletes nothing of their bundle', async () => {
    const [version] = widgetDefinition.spec.versions;
    const old = { ...version!, name: 'v1beta1', storage: false };
    const spec = { ...widgetDefinition.spec, versions: [version, old] };
    await agent.kube.create(crds, undefined, { ...widgetDefinition, spec });
    const beta = { ...widget, apiVersion: 'example.com/v1beta1' };
    const both = (...more: object[]) => ({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: [configMap('a'), beta, ...more] },
        { bundle: 'other', namespace: 'other', objects: [beta] },
      ],
    });
    await agent.say(both(configMap('gone')));
    await synced();
    await agent.until('other', ({ sync }) => sync === 'Synced');
    await agent.kube.mergePatch(
      crds,
      { name: 'widgets.example.com' },
      { spec: { versions: [version, { ...old, served: false }] } },
    );
    await until(async () => {
      await agent.reconciler.checkNow();
      return agent.core.statuses().every(({ objects }) => objects[0]?.reason === 'KindMissing');
    }, Boolean);
    await agent.say(both());
    await agent.reconciler.checkNow();
    const { objects } = await agent.until('shop', (status) => status.objects.length > 1);
    expect(objects.map(({ object, reason }) => `${object.name} ${reason}`)).toEqual([
      'a KindMissing',
      'gone Pruning',
    ]);
    expect(await agent.names()).toEqual(['a', 'gone']);
    const { items } = await agent.kube.list(widgets);
    expect(items.map(({ metadata }) => metadata.namespace).sort()).toEqual(['other', 'shop']);
  });
});
