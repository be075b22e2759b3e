import { RevisionRepository } from '@muster/store';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FleetAgent } from './support/fleet-agent.ts';
import { bundleFiles, configMap, TestFleet } from './support/fleet.ts';

const group = (name: string): string =>
  `apiVersion: muster.dev/v1alpha1\nkind: ClusterGroup\nmetadata: {name: ${name}}\nspec: {clusterSelector: {matchLabels: {tier: edge}}}\n`;

const inGroup = (bundle: string, name: string): Record<string, string> => {
  const files = bundleFiles(bundle, {});
  const file = `${bundle}/muster.yaml`;
  return { ...files, [file]: files[file]!.replace(/targets: .*/, `targets: [{groups: [${name}]}]`) };
};

describe('a commit changes what it says, and nothing beside', () => {
  let fleet: TestFleet;
  let agent: FleetAgent;

  beforeAll(async () => {
    fleet = await TestFleet.start({
      ...bundleFiles('checkout', { tier: 'edge' }),
      ...inGroup('cart', 'edge'),
      'groups.muster.yaml': group('edge'),
    });
    agent = await fleet.join('eu-1', { tier: 'edge' });
    await agent.desiredWhere('both bundles', (it) => it.assignments.length === 2);
  });

  afterAll(() => fleet.stop());

  test('only the bundles that it changes are written', async () => {
    const written = vi.spyOn(RevisionRepository.prototype, 'saveBundles');
    await fleet.commit({ 'README.md': 'Nothing of the fleet.' });
    await fleet.commit({ 'checkout/manifests/config.yaml': configMap('checkout', { key: 'newer' }) });
    const names = written.mock.calls.map(([changed]) => changed.map((it) => it.name));
    written.mockRestore();
    expect(names).toEqual([[], ['checkout']]);
  });

  test('a bundle that it breaks stays where it was, though its group gets another name', async () => {
    const pinned = agent.desired!.assignments.find((it) => it.bundle === 'cart')!;
    const sha = await fleet.commit({
      ...inGroup('cart', 'rim'),
      'groups.muster.yaml': group('rim'),
      'cart/manifests/config.yaml': 'broken: [',
      'checkout/manifests/config.yaml': configMap('checkout', { key: 'newest' }),
    });
    const state = await agent.desiredWhere('the newest checkout', (it) =>
      it.assignments.some(({ revision }) => revision === sha),
    );
    expect(state.assignments.find((it) => it.bundle === 'cart')).toEqual(pinned);
    expect(state.pruneHolds).toMatchObject([{ bundle: 'cart' }]);
  });
});
