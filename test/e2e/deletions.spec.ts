import { until } from '@muster/testing';
import type { Assignment } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const production = '{matchLabels: {env: production}}';
const many = Array.from({ length: 12 }, (_, n) => `item-${n}`);

/** The guard on deletions (invariant 4): what would empty a cluster waits for a person. */
describe('a fleet that would lose a lot (invariant 4)', () => {
  let fleet: TestFleet;
  let solo: Member;

  beforeAll(async () => {
    fleet = await startFleet({
      clusterOptions: { controllerManager: true },
      clusters: [{ name: 'solo', labels: { env: 'production' } }],
      files: {
        'shop/muster.yaml': bundleFile('shop', { selector: production }),
        'shop/manifests/items.yaml': items(),
        'base/muster.yaml': bundleFile('base', { selector: production }),
        'base/manifests/config.yaml': configMap('base', { owner: 'platform' }),
      },
    });
    solo = fleet.member('solo');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('keeps all when the repo is suddenly empty, until the deletions of a bundle are consented to', async () => {
    await fleet.commit({
      'shop/muster.yaml': null,
      'shop/manifests/items.yaml': null,
      'base/muster.yaml': null,
      'base/manifests/config.yaml': null,
    });
    const held = await assignment('shop', (it) => it.reason === 'PruneHeld');
    expect(held).toMatchObject({ sync: 'OutOfSync', message: expect.stringContaining('consent') as string });
    expect(await present()).toEqual({ items: many.length, base: true });
    await fleet.hub.api.call('POST', 'deletion-consents', { bundle: 'shop' });
    await until('the consented deletions', present, (it) => it.items === 0);
    expect(await present()).toEqual({ items: 0, base: true });
  });

  it('deletes at once what the commit itself consents to', async () => {
    await fleet.commit({
      'shop/muster.yaml': bundleFile('shop', { selector: production }),
      'shop/manifests/items.yaml': items(),
      'base/muster.yaml': bundleFile('base', { selector: production }),
      'base/manifests/config.yaml': configMap('base', { owner: 'platform' }),
    });
    await fleet.settled();
    await fleet.commit(
      { 'shop/muster.yaml': null, 'shop/manifests/items.yaml': null },
      'Close the shop\n\nMuster-Allow-Delete: shop',
    );
    await until('the deletions', present, (it) => it.items === 0);
    await until(
      'the end of the bundle',
      () => fleet.hub.api.assignments('bundle=shop'),
      (it) => it.length === 0,
    );
    await fleet.settled();
  });

  it('keeps all when the labels are suddenly gone, and goes on when they are back', async () => {
    await fleet.commit({
      'shop/muster.yaml': bundleFile('shop', { selector: production }),
      'shop/manifests/items.yaml': items(),
    });
    await fleet.settled();
    await fleet.hub.api.call('POST', 'clusters/solo/labels', { set: { env: 'nothing' } });
    await assignment('shop', (it) => it.reason === 'PruneHeld');
    expect(await present()).toEqual({ items: many.length, base: true });
    await fleet.hub.api.call('POST', 'clusters/solo/labels', { set: { env: 'production' } });
    await fleet.settled();
    expect(await present()).toEqual({ items: many.length, base: true });
  });

  it('never deletes a namespace without consent, however small the change', async () => {
    await fleet.commit({
      'base/manifests/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: dear}\n',
    });
    await fleet.settled();
    await fleet.commit({ 'base/manifests/namespace.yaml': null });
    const held = await assignment('base', (it) => it.reason === 'PruneHeld');
    expect(held.message).toContain('Namespace dear');
    expect((await solo.get('Namespace', undefined, 'dear'))?.metadata.deletionTimestamp).toBeUndefined();
    await fleet.hub.api.call('POST', 'deletion-consents', { bundle: 'base' });
    await until(
      'its end',
      () => solo.get('Namespace', undefined, 'dear'),
      (it) => it === undefined,
    );
    await fleet.settled();
  });

  async function present(): Promise<{ items: number; base: boolean }> {
    const configMaps = (await solo.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    const { items: all } = await solo.kube.list(configMaps, { labelSelector: 'muster.dev/bundle=shop' });
    return { items: all.length, base: (await solo.get('ConfigMap', 'base', 'base')) !== undefined };
  }

  function assignment(bundle: string, isWanted: (it: Assignment) => boolean): Promise<Assignment> {
    return until(
      `the status of ${bundle}`,
      async () => (await fleet.hub.api.assignments(`bundle=${bundle}`))[0],
      (it) => it !== undefined && isWanted(it),
    ) as Promise<Assignment>;
  }
});

function items(): string {
  return many.map((name) => configMap(name, { a: 'b' })).join('---\n');
}
