import type { FleetStatus } from '@muster/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

describe('what people say beside Git', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', everywhere),
      ...bundleFiles('cart', everywhere),
    });
    agent = await fleet.join('eu-1', everywhere);
    await agent.desiredWhere('both bundles', (it) => it.assignments.length === 2);
  });

  afterAll(() => fleet.stop());

  test('the emergency stop pauses every cluster, and is lifted', async () => {
    await fleet.api('POST', 'pauses', { all: true, reason: 'fire' });
    await agent.desiredWhere('the pause', (it) => it.paused);
    expect((await fleet.api<FleetStatus>('GET', 'status')).pauses).toMatchObject([
      { scope: 'All', reason: 'fire', by: 'admin' },
    ]);
    await fleet.api('DELETE', 'pauses?all=true');
    await agent.desiredWhere('the resume', (it) => !it.paused);
  });

  test('a bundle can be paused by itself', async () => {
    await fleet.api('POST', 'pauses', { bundle: 'cart' });
    const state = await agent.desiredWhere('the pause', (it) => it.assignments[0]?.paused === true);
    expect(state).toMatchObject({
      paused: false,
      assignments: [{ bundle: 'cart' }, { bundle: 'checkout', paused: false }],
    });
    await fleet.api('DELETE', 'pauses?bundle=cart');
    await agent.desiredWhere('the resume', (it) => it.assignments[0]?.paused === false);
  });

  test('a label of the register moves a workload', async () => {
    await fleet.api('POST', 'clusters/eu-1/labels', { set: { fleet: 'other' } });
    await agent.desiredWhere('nothing', (it) => it.assignments.length === 0);
    await fleet.api('POST', 'clusters/eu-1/labels', { set: { fleet: 'shop' } });
    await agent.desiredWhere('both again', (it) => it.assignments.length === 2);
  });

  test("a commit's trailer consents to the deletions of that change, and no longer (invariant 4)", async () => {
    const tracked = (await fleet.repo.git('ls-files', 'cart')).split('\n');
    await fleet.commit(
      Object.fromEntries(tracked.map((path) => [path, null])),
      'Drop the cart\n\nMuster-Allow-Delete: cart',
    );
    const state = await agent.desiredWhere('cart to be gone', (it) => it.assignments.length === 1);
    expect(state.deletionConsents).toEqual([{ bundle: 'cart' }]);
    const sha = await fleet.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'next' }),
    });
    const next = await agent.desiredWhere('the next change', (it) => it.assignments[0]?.revision === sha);
    expect(next.deletionConsents).toEqual([]);
  });

  test('so does the trailer of any commit of a push, also of one that was refused and is mended by the next', async () => {
    await fleet.commit(bundleFiles('cart', everywhere));
    await agent.desiredWhere('the cart', (it) => it.assignments.length === 2);
    const tracked = (await fleet.repo.git('ls-files', 'cart')).split('\n');
    await fleet.commit(
      {
        ...Object.fromEntries(tracked.map((path) => [path, null])),
        'other/muster.yaml': 'apiVersion: muster.dev/v1alpha1\nkind: Bundel\nmetadata: {name: x}\n',
      },
      'Drop the cart\n\nMuster-Allow-Delete: cart',
    );
    await fleet.repo.commit({ 'other/muster.yaml': null }, 'Mend it');
    await fleet.commit({ 'README.md': 'The shop.' }, 'Say what it is');
    const state = await agent.desiredWhere('cart to be gone', (it) => it.assignments.length === 1);
    expect(state.deletionConsents).toEqual([{ bundle: 'cart' }]);
  });

  test('but not one of a branch that was rewritten, of which the head alone counts', async () => {
    await fleet.repo.commit({ 'README.md': 'Another.' }, 'Rewritten\n\nMuster-Allow-Delete: checkout');
    await fleet.repo.git('reset', '-q', '--soft', 'HEAD~3');
    await fleet.repo.commit({ 'README.md': 'A third.' }, 'Old\n\nMuster-Allow-Delete: checkout');
    const sha = await fleet.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'rewritten' }),
    });
    const state = await agent.desiredWhere('the head', (it) => it.assignments[0]?.revision === sha);
    expect(state.deletionConsents).toEqual([]);
  });

  test("a person's consent is for the state that is there, and lapses with the next change", async () => {
    const before = agent.desired!.version!;
    await fleet.api('POST', 'deletion-consents', { bundle: 'checkout' });
    const state = await agent.desiredWhere('the consent', (it) => it.deletionConsents.length === 1);
    expect(state.version!.generation).toBe(before.generation + 1n);
    expect(state.assignments).toHaveLength(1);
    const sha = await fleet.commit({
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'later' }),
    });
    const next = await agent.desiredWhere('the next change', (it) => it.assignments[0]?.revision === sha);
    expect(next.deletionConsents).toEqual([]);
  });

  test('recovery raises the epoch, and every agent hears its state anew', async () => {
    const before = agent.desired!.version!;
    expect(await fleet.api('POST', 'recovery', { reason: 'restored last night' })).toEqual({ epoch: 2 });
    const state = await agent.desiredWhere('the new epoch', (it) => it.version!.epoch === 2n);
    expect(state.version!.generation).toBeGreaterThan(before.generation);
  });
});
