import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BundleHealth } from './bundle-health.ts';
import { configMap, configMaps, SimulatedAgent } from './testing.ts';

const target = { group: '', kind: 'ConfigMap' };
const ready = { target, healthy: "object.data.value == 'ready'", degraded: "object.data.value == 'broken'" };

describe('the health rules of bundles', () => {
  const widget = (bundle: string, status: object) => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w', labels: { 'muster.dev/bundle': bundle } },
    status,
  });
  const rule = { target: { group: 'example.com', kind: 'Widget' }, healthy: "object.status.phase == 'Up'" };

  it('judge the objects of their bundle alone, and say Progressing where a field is missing', () => {
    const health = new BundleHealth();
    health.update([{ bundle: 'shop', policy: { health: [rule] } }]);
    expect(health.of(widget('shop', { phase: 'Up' })).status).toBe('Healthy');
    expect(health.of(widget('shop', { phase: 'Down' })).status).toBe('Progressing');
    expect(health.of(widget('shop', { other: 1 })).status).toBe('Progressing');
    expect(health.of(widget('web', { phase: 'Down' })).status).toBe('Healthy');
  });

  it('tell which kinds are to be judged anew when they come, change and go', () => {
    const health = new BundleHealth();
    const kinds = (...bundles: Parameters<BundleHealth['update']>[0]) => [...health.update(bundles)];
    expect(kinds({ bundle: 'shop', policy: { health: [rule] } })).toEqual(['example.com/Widget']);
    expect(kinds({ bundle: 'shop', policy: { health: [{ ...rule }] } })).toEqual([]);
    expect(kinds({ bundle: 'shop', policy: { health: [{ ...rule, degraded: 'false' }] } })).toEqual([
      'example.com/Widget',
    ]);
    expect(kinds({ bundle: 'shop', policy: {} })).toEqual(['example.com/Widget']);
    expect(kinds()).toEqual([]);
  });

  it('that do not compile leave the objects to the rules that Muster has', () => {
    const health = new BundleHealth();
    health.update([{ bundle: 'shop', policy: { health: [{ ...rule, healthy: 'object.(' }] } }]);
    expect(health.of(widget('shop', { phase: 'Down' })).status).toBe('Healthy');
  });
});

describe('an agent with a bundle that says what is healthy', () => {
  let agent: SimulatedAgent;
  beforeEach(async () => {
    agent = await SimulatedAgent.start();
  });
  afterEach(() => agent.stop());

  const shop = (value: string, health?: unknown) =>
    agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: [configMap('a', value)], policy: { health } },
        { bundle: 'web', namespace: 'web', objects: [configMap('a', value)] },
      ],
    });
  const healthOf = (bundle: string) =>
    agent.core.statuses().find((status) => status.bundle === bundle)?.health;

  it('tells its health by that, also of a kind whose metadata told enough before', async () => {
    await shop('starting');
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Healthy');
    await shop('starting', [ready]);
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Progressing');
    await shop('broken', [ready]);
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Degraded');
    await shop('ready', [ready]);
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Healthy');
    expect(healthOf('web')).toBe('Healthy');
    await shop('other', undefined);
    await agent.until('shop', ({ sync, health }) => sync === 'Synced' && health === 'Healthy');
    const { data } = (await agent.kube.get(configMaps, { namespace: 'shop', name: 'a' })) as unknown as {
      data: unknown;
    };
    expect(data).toEqual({ value: 'other' });
  });
});
