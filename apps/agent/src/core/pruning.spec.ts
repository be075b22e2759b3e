import { afterEach, describe, expect, test } from 'vitest';
import { configMap, configMaps, SimulatedAgent, until } from './testing.ts';

let agent: SimulatedAgent | undefined;

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});

const of = (bundle: string, ...objects: object[]) => ({ bundle, namespace: 'shop', objects });
const rest = of('rest', configMap('rest'));

describe('what does not die (invariant 4)', () => {
  test('is asked to once, however often everything is looked at, and is told of with who holds it', async () => {
    const asked: string[] = [];
    agent = await SimulatedAgent.start((kube) => ({
      delete: async (resource, key, options) => {
        if (resource.kind === 'ConfigMap') asked.push(key.name);
        return kube.delete(resource, key, options);
      },
    }));
    const { kube, core } = agent;
    const held = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'b', finalizers: ['example.com/hold'] },
    };
    await agent.say({ assignments: [rest, of('shop', configMap('a'), held)] });
    await agent.until('shop', (it) => it.sync === 'Synced');
    await agent.say({ assignments: [rest, of('shop', configMap('a'))] });
    const told = await agent.until('shop', (it) => it.objects[0]?.message.includes('held by') ?? false);
    expect(told.objects).toMatchObject([{ object: { name: 'b' }, reason: 'Terminating' }]);
    expect(told.objects[0]!.message).toMatch(
      /^its deletion began at \d{4}-.*Z; held by the finalizer example\.com\/hold$/,
    );
    for (let n = 0; n < 5; n++) await core.syncNow(undefined, AbortSignal.timeout(10_000));
    expect(asked).toEqual(['b']);
    await kube.mergePatch(configMaps, { namespace: 'shop', name: 'b' }, { metadata: { finalizers: null } });
    await agent.until('shop', (it) => it.sync === 'Synced');
    expect(asked).toEqual(['b']);
  });
});

describe('a bundle that an object left', () => {
  test('is not Synced before the object is gone', async () => {
    const answer = Promise.withResolvers<void>();
    agent = await SimulatedAgent.start((kube) => ({
      delete: async (resource, key, options) => {
        if (resource.kind === 'ConfigMap') await answer.promise;
        return kube.delete(resource, key, options);
      },
    }));
    await agent.say({ assignments: [rest, of('shop', configMap('a'), configMap('b'))] });
    await agent.until('shop', (it) => it.sync === 'Synced');
    await agent.say({ assignments: [rest, of('shop', configMap('a'))] });
    expect(await agent.until('shop', (it) => it.objectCount === 1)).toMatchObject({
      sync: 'OutOfSync',
      reason: 'Pruning',
      message: '1 object is being deleted',
    });
    answer.resolve();
    await agent.until('shop', (it) => it.sync === 'Synced');
    expect(await agent.names()).toEqual(['a', 'rest']);
  });
});

describe('what an agent says of a bundle that left', () => {
  test('is that nothing remains, once nothing does and nothing is assigned, and not before', async () => {
    agent = await SimulatedAgent.start();
    const { core, kube } = agent;
    expect(core.emptied()).toBeUndefined();
    const held = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'b', finalizers: ['example.com/hold'] },
    };
    await agent.say({ assignments: [of('shop', configMap('a'), held)] });
    await agent.until('shop', (it) => it.sync === 'Synced');
    expect(core.emptied()).toBeUndefined();
    await agent.say({ assignments: [], deletionConsents: ['shop'] });
    const told = await agent.until('shop', (it) => it.message.includes('held by'));
    expect(told.message).toMatch(/^ConfigMap b: its deletion began at/);
    expect(core.emptied()).toBeUndefined();
    await kube.mergePatch(configMaps, { namespace: 'shop', name: 'b' }, { metadata: { finalizers: null } });
    await agent.until('shop', (it) => it.gone);
    expect(core.emptied()).toEqual(core.held()?.version);
  });

  test('is that nothing remains also where nothing ever was', async () => {
    agent = await SimulatedAgent.start();
    const { core } = agent;
    await agent.say({ assignments: [] });
    expect(core.emptied()).toEqual({ epoch: 1n, generation: 1n });
  });

  test('counts as deleted only what goes, and not what other bundles wait to take over', async () => {
    agent = await SimulatedAgent.start();
    await agent.say({ assignments: [rest, of('shop', configMap('a'), configMap('b'))] });
    await agent.until('shop', (it) => it.sync === 'Synced');
    const store = { ...of('store', configMap('a'), configMap('b')), paused: true };
    await agent.say({ assignments: [rest, store] });
    expect(await agent.until('shop', (it) => it.sync === 'OutOfSync')).toMatchObject({
      message: '2 objects are being handed over to other bundles',
      gone: false,
    });
    await agent.say({ assignments: [rest, { ...store, paused: false }] });
    await agent.until('shop', (it) => it.gone);
    expect(
      await until(
        () => agent!.names(),
        (it) => it.length === 3,
      ),
    ).toEqual(['a', 'b', 'rest']);
  });
});
