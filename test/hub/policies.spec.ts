import type { DesiredState } from '@muster/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, TestFleet } from './support/fleet.ts';

const everywhere = { fleet: 'shop' };

describe('what a bundle says of its reconciling', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;
  const files = bundleFiles('cart', everywhere);
  const fleetFile = 'cart/muster.yaml';

  beforeAll(async () => {
    fleet = await TestFleet.start({ ...files, ...bundleFiles('checkout', everywhere) });
    agent = await fleet.join('eu-1', everywhere);
    await agent.desiredWhere('both bundles', (it) => it.assignments.length === 2);
    agent.reportSynced();
  });

  afterAll(() => fleet.stop());

  const cartOf = (state: DesiredState) => state.assignments.find((it) => it.bundle === 'cart');

  test('reaches clusters by itself, with the features that an agent needs for it, and changes no other bundle', async () => {
    const before = agent.desired!;
    const sha = await fleet.commit({
      [fleetFile]: `${files[fleetFile]!}  sync: {prune: false, serviceAccount: deployer}\n  dependsOn: [{bundle: checkout}]\n`,
    });
    const state = await agent.desiredWhere('the policy', (it) => cartOf(it)?.revision === sha);
    const cart = cartOf(state)!;
    expect(JSON.parse(cart.policy.toString())).toMatchObject({
      dependsOn: [{ bundle: 'checkout' }],
      prune: false,
      serviceAccount: 'deployer',
    });
    expect(cart).toMatchObject({
      manifestDigest: cartOf(before)!.manifestDigest,
      requiredFeatures: ['depends-on/v1', 'impersonation/v1', 'manifests/v1', 'sync-options/v1'],
    });
    expect(state.assignments[1]).toEqual(before.assignments[1]);
  });

  test('reaches nobody when it says what holds anyway', async () => {
    const { version } = agent.desired!;
    await fleet.commit({
      [fleetFile]: `${files[fleetFile]!}  sync: {prune: false, serviceAccount: deployer, drift: Correct, healthTimeout: 300s}\n  dependsOn: [{bundle: checkout}]\n`,
    });
    expect(agent.desired!.version).toEqual(version);
  });

  test('is refused with its place when it is wrong, and changes nothing', async () => {
    const { version } = agent.desired!;
    const sha = await fleet.commit({
      'checkout/muster.yaml': `${bundleFiles('checkout', everywhere)['checkout/muster.yaml']!}  dependsOn: [{bundle: cart}]\n`,
    });
    const { items } = await fleet.api<{ items: { state: string; problems: { message: string }[] }[] }>(
      'GET',
      `revisions?sha=${sha}`,
    );
    expect(items).toMatchObject([{ state: 'Refused' }]);
    expect(JSON.stringify(items)).toContain('These bundles wait for each other: cart (cart/muster.yaml:');
    expect(agent.desired!.version).toEqual(version);
    await fleet.commit({
      'checkout/muster.yaml': bundleFiles('checkout', everywhere)['checkout/muster.yaml']!,
    });
  });

  test('is outlasted by its pause: what remains of a paused bundle that leaves is left alone until it is resumed (invariant 4)', async () => {
    await fleet.api('POST', 'pauses', { bundle: 'cart' });
    await agent.desiredWhere('the pause', (it) => cartOf(it)?.paused === true);
    const tracked = (await fleet.repo.git('ls-files', 'cart')).split('\n');
    await fleet.commit(Object.fromEntries(tracked.map((path) => [path, null])));
    const gone = await agent.desiredWhere('cart to be gone', (it) => cartOf(it) === undefined);
    expect(gone.pausedLeaving).toEqual(['cart']);
    const sha = await fleet.commit({ ...bundleFiles('extra', everywhere) });
    const next = await agent.desiredWhere('the next change', (it) =>
      it.assignments.some(({ revision }) => revision === sha),
    );
    expect(next.pausedLeaving).toEqual(['cart']);
    await fleet.api('DELETE', 'pauses?bundle=cart');
    await agent.desiredWhere('the resume', (it) => it.pausedLeaving.length === 0);
  });
});
