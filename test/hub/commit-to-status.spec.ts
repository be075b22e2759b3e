import type { Assignment, Bundle, Cluster, FleetStatus, Revision } from '@muster/api';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

describe('the life of a commit', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', { env: 'production' }),
      ...bundleFiles('cart', { env: 'staging' }),
    });
  });

  afterAll(() => fleet.stop());

  test('a cluster gets what its labels say, whole, and its status comes back', async () => {
    const agent = await fleet.join('eu-1', { env: 'production' });
    const state = await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    expect(state.assignments[0]).toMatchObject({ bundle: 'checkout', requiredFeatures: ['manifests/v1'] });
    expect(state.assignments[0]?.policy.toString()).toBe('{"namespace":"checkout","version":1}');
    expect(await agent.objectsOf('checkout')).toMatchObject([{ kind: 'ConfigMap', data: { key: 'value' } }]);

    agent.reportSynced();
    const assignment = await until(
      'the status',
      async () => (await fleet.list<Assignment>('assignments'))[0],
      (it) => it?.sync === 'Synced',
    );
    expect(assignment).toMatchObject({
      cluster: 'eu-1',
      bundle: 'checkout',
      health: 'Healthy',
      lastKnown: null,
    });
    const status = await fleet.api<FleetStatus>('GET', 'status');
    expect(status.assignments).toMatchObject({ total: 1, sync: { Synced: 1 } });
  });

  test('a commit changes the clusters that it is for, and no others', async () => {
    const staging = await fleet.join('eu-2', { env: 'staging' });
    await staging.desiredWhere('cart', (it) => it.assignments.length === 1);
    const [production] = fleet.agents;
    const before = production!.desired!.version!;
    const sha = await fleet.commit({ 'cart/manifests/config.yaml': configMap('cart', { key: 'new' }) });
    const state = await staging.desiredWhere('the commit', (it) => it.assignments[0]?.revision === sha);
    expect(await staging.objectsOf('cart')).toMatchObject([{ data: { key: 'new' } }]);
    expect(state.version?.generation).toBe(2n);
    expect(production!.desired!.version).toEqual(before);
  });

  test('a revision is Good once the desired states that follow from it are stored', async () => {
    const [newest] = await fleet.list<Revision>('revisions');
    expect(newest).toMatchObject({ state: 'Good', newest: true, bundles: { total: 2, failing: 0 } });
    expect(newest?.resolveMs).toBeGreaterThan(0);
  });

  test('what an agent may fetch is what its desired state holds', async () => {
    const [production, staging] = fleet.agents;
    const { manifestDigest } = staging!.desired!.assignments[0]!;
    await expect(production!.fetch([manifestDigest])).rejects.toThrow();
  });

  test('a removed cluster is told, and is gone from the lists', async () => {
    const agent = await fleet.join('gone-1', { env: 'production' });
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    await fleet.api('DELETE', 'clusters/gone-1');
    await until(
      'Removed',
      async () => agent.removed,
      (it) => it.length === 1,
    );
    const names = (await fleet.list<Cluster>('clusters')).map((it) => it.name);
    expect(names).toEqual(['eu-1', 'eu-2']);
    const bundle = await fleet.api<Bundle>('GET', 'bundles/checkout');
    expect(bundle.targets).toBe(1);
  });
});
