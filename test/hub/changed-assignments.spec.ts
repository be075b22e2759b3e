import type { Assignment } from '@muster/api';
import { until } from '@muster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, TestFleet } from './support/fleet.ts';

/** What a cluster says counts for what it was told last, also where that has the very same manifest. */
describe('an assignment that changes while its manifest stays', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;
  const files = bundleFiles('checkout', { fleet: 'shop' });

  beforeAll(async () => {
    fleet = await TestFleet.start(files);
    agent = await fleet.join('eu-1', { fleet: 'shop' });
    await agent.desiredWhere('checkout', (it) => it.assignments.length === 1);
    agent.reportSynced();
    await is('Synced');
  });

  afterAll(() => fleet.stop());

  const is = (sync: Assignment['sync']) =>
    until(
      sync,
      () => fleet.api<Assignment>('GET', 'assignments/eu-1/checkout'),
      (it) => it.sync === sync,
    );

  test('in its namespace alone is OutOfSync until the cluster has applied just that', async () => {
    const before = agent.desired!;
    const bundle = files['checkout/muster.yaml']!.replace('namespace: checkout', 'namespace: shop');
    const sha = await fleet.commit({ 'checkout/muster.yaml': bundle });
    const state = await agent.desiredWhere('the commit', (it) => it.assignments[0]?.revision === sha);
    expect(state.assignments[0]?.manifestDigest).toBe(before.assignments[0]?.manifestDigest);
    expect(state.assignments[0]?.policy.toString()).toBe('{"namespace":"shop","version":1}');
    expect(await is('OutOfSync')).toMatchObject({ reason: 'Waiting' });
    // What was planned before, said once more, is no news.
    agent.reportSynced({ version: before.version! });
    await fleet.api('POST', 'clusters/eu-1/labels', { set: { seen: 'yes' } });
    expect(await is('OutOfSync')).toMatchObject({ reason: 'Waiting' });
    agent.reportSynced();
    await is('Synced');
  });

  test('by a pause, and by its end, is OutOfSync until the cluster has heard of it', async () => {
    await fleet.api('POST', 'pauses', { bundle: 'checkout' });
    await agent.desiredWhere('the pause', (it) => it.assignments[0]?.paused === true);
    await is('OutOfSync');
    agent.reportSynced();
    await is('Synced');
    await fleet.api('DELETE', 'pauses?bundle=checkout');
    await agent.desiredWhere('the resume', (it) => it.assignments[0]?.paused === false);
    await is('OutOfSync');
    agent.reportSynced();
    await is('Synced');
  });
});
