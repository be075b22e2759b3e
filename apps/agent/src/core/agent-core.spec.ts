import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentNamespace, leases, secrets } from '../resources.ts';
import { configMap, configMaps, SimulatedAgent } from './testing.ts';

describe('an agent that is offered a desired state', () => {
  let agent: SimulatedAgent;
  beforeEach(async () => {
    agent = await SimulatedAgent.start();
  });
  afterEach(() => agent.stop());

  const valueOf = async (name: string): Promise<unknown> =>
    (await agent.kube.get(configMaps, { namespace: 'shop', name }))['data'];
  const shop = (objects: object[], more: object = {}) => ({
    assignments: [{ bundle: 'shop', namespace: 'shop', objects, ...more }],
  });

  it('tells every status anew of a state before which it may have missed others, and only then', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    agent.core.onStatuses(
      (changed) => told.push(...changed.map(({ bundle, version }) => `${bundle} ${version.generation}`)),
      stop.signal,
    );
    const both = (generation: number, value: string) => ({
      generation,
      assignments: ['shop', 'web'].map((bundle) => ({
        bundle,
        namespace: bundle,
        objects: [configMap('a', bundle === 'web' ? value : '')],
      })),
    });
    const settled = (bundle: string, generation: bigint) =>
      agent.until(bundle, ({ sync, version }) => sync === 'Synced' && version.generation === generation);
    await agent.say(both(1, 'x'));
    await settled('shop', 1n);
    await settled('web', 1n);
    await agent.say(both(2, 'y'));
    await settled('web', 2n);
    expect(told).not.toContain('shop 2');
    await agent.say(both(4, 'y'));
    await settled('shop', 4n);
    await settled('web', 4n);
    stop.abort();
  });

  it('refuses one that is older than what it holds', async () => {
    await agent.say({ generation: 3, ...shop([configMap('a', 'new')]) });
    await agent.until('shop', (status) => status.sync === 'Synced');
    expect(await agent.say({ generation: 2, ...shop([configMap('a', 'old')]) })).toEqual({
      outcome: 'older',
      held: { epoch: 1n, generation: 3n },
    });
    expect(agent.core.held()?.version.generation).toBe(3n);
    expect(await valueOf('a')).toEqual({ value: 'new' });
  });

  it('keeps what a bundle had when it asks for what this agent does not know, and the others go on', async () => {
    await agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: [configMap('a', 'known')] },
        { bundle: 'web', namespace: 'shop', objects: [configMap('b', '1')] },
      ],
    });
    await agent.until('shop', (status) => status.sync === 'Synced');
    await agent.say({
      assignments: [
        {
          bundle: 'shop',
          namespace: 'shop',
          objects: [configMap('c', 'new')],
          requiredFeatures: ['manifests/v1', 'time-travel/v1'],
        },
        { bundle: 'web', namespace: 'shop', objects: [configMap('b', '2')] },
      ],
    });
    const status = await agent.until('shop', ({ reason }) => reason === 'Unsupported');
    expect(status).toMatchObject({
      sync: 'OutOfSync',
      message: 'this agent lacks time-travel/v1; it goes on as it was',
    });
    await agent.until('web', ({ sync, version }) => sync === 'Synced' && version.generation === 2n);
    expect(await valueOf('b')).toEqual({ value: '2' });
    expect(await agent.names()).toEqual(['a', 'b']);
  });

  it('applies nothing of a bundle that it never could', async () => {
    await agent.say(shop([configMap('a')], { requiredFeatures: ['time-travel/v1'] }));
    const status = await agent.until('shop', ({ reason }) => reason === 'Unsupported');
    expect(status.message).toBe('this agent lacks time-travel/v1');
    expect(await agent.names()).toEqual([]);
  });

  it('warns of annotations that cannot be read, and applies their objects', async () => {
    const annotated = (name: string, annotation: string) => ({
      ...configMap(name),
      metadata: { name, annotations: { [annotation]: 'soon' } },
    });
    await agent.say(
      shop([
        annotated('a', 'muster.dev/wave'),
        annotated('b', 'argocd.argoproj.io/hook'),
        annotated('c', 'muster.dev/hook'),
        annotated('d', 'example.com/wave'),
      ]),
    );
    const status = await agent.until('shop', ({ sync }) => sync === 'Synced');
    expect(status.warnings).toEqual([
      'ConfigMap a: muster.dev/wave: "soon" is not an integer, and does not act',
      'ConfigMap b: argocd.argoproj.io/hook: nobody knows "soon"',
      'ConfigMap c: muster.dev/hook: nobody knows "soon"',
    ]);
    expect(await agent.names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it("lets no bundle write what is the agent's own, and applies the rest", async () => {
    const own = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      stringData: { head: 'broken' },
    });
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'muster-agent', namespace: agentNamespace },
      spec: { holderIdentity: 'somebody' },
    };
    const names = ['muster-agent', 'muster-agent-identity', 'muster-agent-join', 'muster-pack-0'];
    const objects = [...names.map(own), lease, own('mine'), configMap('muster-agent')];
    await agent.say({ assignments: [{ bundle: 'shop', namespace: agentNamespace, objects }] });
    const status = await agent.until(
      'shop',
      (told) => told.objects.length === 5 && told.reason === 'Refused',
    );
    expect(status).toMatchObject({ sync: 'OutOfSync', objectCount: 7, objectProblemCount: 5 });
    expect(status.message).toContain("Secret muster-agent: it is the agent's own: no bundle may have it");
    expect(status.objects.map(({ object, reason }) => `${object.kind} ${object.name} ${reason}`)).toEqual([
      ...names.map((name) => `Secret ${name} Refused`),
      'Lease muster-agent Refused',
    ]);
    const key = (name: string) => ({ namespace: agentNamespace, name });
    expect(await agent.kube.get(secrets, key('mine'))).toBeDefined();
    expect(await agent.kube.get(configMaps, key('muster-agent'))).toBeDefined();
    expect((await agent.kube.get(leases, key('muster-agent')))['spec']).toMatchObject({
      holderIdentity: 'test',
    });
    expect(agent.fatal).toEqual([]);
  });
});
