import type { KubeClient, KubeObject } from '@muster/kube';
import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedAgent, configMap, configMaps, until } from './testing.ts';

const shop = (...objects: object[]) => ({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
const key = { namespace: 'shop', name: 'a' };

/** Something that a test lets go on when it wants to. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('the reconciler', () => {
  let agent: SimulatedAgent;
  const start = async (change?: (kube: KubeClient) => Partial<KubeClient>): Promise<void> => {
    agent = await SimulatedAgent.start(change);
  };
  const synced = () => agent.until('shop', (status) => status.sync === 'Synced');
  const find = async (): Promise<KubeObject | undefined> =>
    agent.kube.get(configMaps, key).catch(() => undefined);
  afterEach(() => agent.stop());

  it('deletes nothing more by an old plan once a newer state stops it', async () => {
    const first = gate();
    const begun: string[] = [];
    await start((kube) => ({
      delete: async (resource, at, options) => {
        if (resource.plural === 'configmaps') {
          begun.push(at.name);
          await first.opened;
        }
        return kube.delete(resource, at, options);
      },
    }));
    const names = Array.from({ length: 20 }, (_, n) => `m${n}`);
    await agent.say({ ...shop(...names.map((name) => configMap(name))), deletionConsents: ['shop'] });
    await synced();
    await agent.say({ ...shop(), deletionConsents: ['shop'] });
    await until(
      () => begun.length,
      (count) => count === 16,
    );
    const saying = agent.say({ ...shop(), paused: true, deletionConsents: ['shop'] });
    await until(
      () => agent.reconciler.versionOf('6f1c0a52-9d6b-4bb2-9d1c-3c1f2a7e5b10')?.generation,
      (generation) => generation === 3n,
    );
    first.open();
    await saying;
    await agent.until('shop', (status) => status.reason === 'Paused');
    expect(begun).toHaveLength(16);
    expect(await agent.names()).toHaveLength(4);
  });

  it('prunes nothing while a bundle asks for features that this agent lacks, though it goes on as it was', async () => {
    await start();
    const bundle = (name: string, ...objects: object[]) => ({ bundle: name, namespace: name, objects });
    await agent.say({ assignments: [bundle('shop', configMap('a')), bundle('new', configMap('n'))] });
    await synced();
    await agent.say({
      assignments: [
        bundle('shop'),
        { ...bundle('new', configMap('n')), requiredFeatures: ['from-the-future/v9'] },
      ],
    });
    const { objects } = await agent.until('shop', (status) => status.objects[0]?.reason === 'PruneHeld');
    expect(objects[0]?.message).toContain('waits for bundle new');
    expect(await agent.names()).toEqual(['a', 'n']);
  });

  it('gives way, and says so, where another manager changes an object back again and again', async () => {
    await start();
    await agent.say(shop(configMap('a')));
    await synced();
    const stop = new AbortController();
    const rival = (async () => {
      for await (const event of agent.kube.follow(configMaps, { namespace: 'shop', signal: stop.signal })) {
        const { data } = event.type === 'CHANGED' ? (event.object as { data?: { value?: string } }) : {};
        if (data?.value === '1') await agent.kube.mergePatch(configMaps, key, { data: { value: 'no' } });
      }
    })();
    await agent.kube.mergePatch(configMaps, key, { data: { value: 'no' } });
    const { objects } = await agent.until('shop', (status) => status.reason === 'Conflict');
    expect(objects[0]?.message).toContain('muster keeps changing /data/value');
    stop.abort();
    await rival;
    await synced();
  });

  it('hears from its client that a watch is open, though nothing happens', async () => {
    await start();
    const stop = new AbortController();
    let opened = false;
    const watching = (async () => {
      const options = { signal: stop.signal, onOpen: () => (opened = true) };
      for await (const event of agent.kube.follow(configMaps, { ...options, namespace: 'default' }))
        expect(event.type).toBe('LISTED');
    })();
    await until(
      () => opened,
      (isOpen) => isOpen,
    );
    stop.abort();
    await watching;
  });

  it('lets a watch rest while many objects of its kind are applied, and then corrects what others did meanwhile', async () => {
    const last = gate();
    const watches: (AbortSignal | undefined)[] = [];
    await start((kube) => ({
      follow: (resource, options) => {
        if (resource.plural === 'configmaps') watches.push(options.signal);
        return kube.follow(resource, options);
      },
      apply: async (resource, at, body, options) => {
        if (at.name === 'm299') await last.opened;
        return kube.apply(resource, at, body, options);
      },
    }));
    const names = Array.from({ length: 300 }, (_, n) => `m${n}`);
    await agent.say(shop(configMap('a'), ...names.map((name) => configMap(name))));
    await until(
      async () => (await agent.names()).length,
      (count) => count === 300,
    );
    expect(watches.map((signal) => signal?.aborted)).toEqual([true]);
    await agent.kube.mergePatch(configMaps, key, { data: { value: 'edited' } });
    last.open();
    await until(find, (found) => (found as { data?: { value?: string } } | undefined)?.data?.value === '1');
    expect(watches.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it('writes nothing more once a pause was taken on, also of what it was looking at', async () => {
    const [begun, look] = [gate(), gate()];
    let isSlow = false;
    await start((kube) => ({
      getText: async (...args) => {
        if (isSlow) {
          begun.open();
          await look.opened;
        }
        return kube.getText(...args);
      },
    }));
    const policy = { ignoreDifferences: [{ target: { kind: 'ConfigMap' }, fields: ['/data/theirs'] }] };
    const ruled = (value: string) => ({
      assignments: [{ ...shop(configMap('a', value)).assignments[0], policy }],
    });
    await agent.say(ruled('1'));
    await synced();
    isSlow = true;
    await agent.say(ruled('2'));
    await begun.opened;
    await agent.say({ ...ruled('2'), paused: true });
    look.open();
    await agent.reconciler.stop();
    expect((await find())?.['data']).toEqual({ value: '1' });
  });

  it('goes on with the waves of one bundle while the writes of another hang', async () => {
    const hung = gate();
    await start((kube) => ({
      apply: async (resource, at, body, options) => {
        if (at.name === 'hangs') await hung.opened;
        return kube.apply(resource, at, body, options);
      },
    }));
    const inWave = (name: string, wave: string) => ({
      ...configMap(name),
      metadata: { name, annotations: { 'muster.dev/wave': wave } },
    });
    await agent.say({
      assignments: [
        { bundle: 'slow', namespace: 'shop', objects: [configMap('hangs')] },
        { bundle: 'shop', namespace: 'shop', objects: ['0', '1', '2'].map((n) => inWave(`w${n}`, n)) },
      ],
    });
    await synced();
    expect(await agent.names()).toEqual(['w0', 'w1', 'w2']);
    hung.open();
  });

  it('deletes again after a deletion that failed', async () => {
    await start();
    await agent.say({ ...shop(configMap('a')), deletionConsents: ['shop'] });
    await synced();
    agent.cluster.faults.add({
      match: { verbs: ['delete'], resource: 'configmaps' },
      effect: { kind: 'fail', code: 500 },
      times: 1,
    });
    await agent.say({ ...shop(), deletionConsents: ['shop'] });
    await until(find, (found) => found === undefined);
  });
});
