import { DesiredState } from '@muster/contracts';
import { encodePolicy } from '@muster/manifest';
import type { ClusterPins } from '@muster/rollout';
import type { PlannedCluster } from '@muster/store';
import { describe, expect, test } from 'vitest';
import { decidePlan, type PlanInput } from './decide-plan.ts';

const bundle = (name: string, revision = 'r1') => ({
  bundle: name,
  good: { revision, content: '', bundle: {} as never, since: 0 },
});
const pins = (...names: string[]): ClusterPins => ({ pins: names.map((name) => bundle(name)), holds: [] });

function input(
  over: Partial<PlanInput> & Pick<PlanInput, 'clusters'>,
  here: ClusterPins = pins('checkout'),
): PlanInput {
  return {
    epoch: 1n,
    pinsFor: () => here,
    contentOf: (name) => ({ manifestDigest: `sha256:${name}`, policy: encodePolicy({}) }),
    pauses: [],
    consents: [],
    clustersOf: () => new Set(),
    bundlesIn: () => new Set(),
    deletionGuard: { maxPercent: 30, maxObjects: 10 },
    ...over,
  };
}

const joined: PlannedCluster = { id: 'c1', name: 'eu-1', labels: {}, desired: undefined };

/** The cluster as it is once what was planned for it is stored. */
function planned(cluster: PlannedCluster, over: Partial<PlanInput> = {}, here?: ClusterPins): PlannedCluster {
  const change = decidePlan(input({ clusters: [cluster], ...over }, here)).changes[0];
  return change === undefined ? cluster : { ...cluster, desired: change.next };
}

describe('a plan', () => {
  test('gives a cluster that joined its first generation', () => {
    const { changes } = decidePlan(input({ clusters: [joined] }));
    expect(changes).toMatchObject([
      { clusterId: 'c1', former: undefined, next: { epoch: 1n, generation: 1n } },
    ]);
  });

  test('leaves a cluster alone of which nothing differs', () => {
    expect(decidePlan(input({ clusters: [planned(joined)] })).changes).toEqual([]);
  });

  test('only ever counts the generation up', () => {
    const two = planned(planned(joined), {}, pins('cart'));
    expect(two.desired?.generation).toBe(2n);
    expect(planned(two).desired?.generation).toBe(3n);
  });

  test('announces everything anew when the epoch was raised', () => {
    const { changes } = decidePlan(input({ clusters: [planned(joined)], epoch: 2n }));
    expect(changes).toMatchObject([{ next: { epoch: 2n, generation: 2n } }]);
  });

  test('makes one content for clusters that are to run the same', () => {
    const clusters = ['c1', 'c2', 'c3'].map((id) => ({ ...joined, id, name: id }));
    const { contents, changes } = decidePlan(input({ clusters }));
    expect([contents.size, changes.length]).toEqual([1, 3]);
  });

  test('pauses a cluster, a bundle, or all', () => {
    const before = planned(joined);
    for (const pause of [
      { scope: 'All', name: '' },
      { scope: 'Cluster', name: 'eu-1' },
      { scope: 'Bundle', name: 'checkout' },
    ] as const) {
      expect(decidePlan(input({ clusters: [before], pauses: [pause] })).changes).toHaveLength(1);
    }
    const elsewhere = { scope: 'Cluster', name: 'us-1' } as const;
    expect(decidePlan(input({ clusters: [before], pauses: [elsewhere] })).changes).toEqual([]);
  });
});

describe('consent to deletions', () => {
  const before = planned(planned(joined), {}, pins());
  const byPerson = { id: 'x', bundle: 'checkout', clusterId: 'c1', generation: 2n };

  test("by a person goes into the state that was there, and is one's own generation", () => {
    const { changes, consumedConsents } = decidePlan(
      input({ clusters: [before], consents: [byPerson] }, pins()),
    );
    expect(changes).toMatchObject([{ next: { generation: 3n, baseGeneration: 2n, consents: ['checkout'] } }]);
    expect(consumedConsents).toEqual(['x']);
  });

  test('lapses with the next change', () => {
    const consented = planned(before, { consents: [byPerson] }, pins());
    expect(planned(consented, {}, pins()).desired?.consents).toEqual(['checkout']);
    expect(planned(consented, {}, pins('cart')).desired?.consents).toEqual([]);
  });

  test('by a person never counts for a change that came meanwhile', () => {
    const { changes, consumedConsents } = decidePlan(
      input({ clusters: [before], consents: [byPerson] }, pins('cart')),
    );
    expect(changes).toMatchObject([{ next: { consents: [] } }]);
    expect(consumedConsents).toEqual(['x']);
    const changed = planned(before, {}, pins('cart'));
    expect(planned(changed, { consents: [byPerson] }, pins('cart')).desired?.consents).toEqual([]);
  });

  test('by a commit counts for the change that it makes, where the bundle is or was', () => {
    const byCommit = { id: 'y', bundle: 'checkout', clusterId: undefined, generation: 0n };
    const there = { consents: [byCommit], clustersOf: () => new Set(['c1']) };
    expect(planned(planned(joined), there, pins()).desired?.consents).toEqual(['checkout']);
    expect(planned(planned(joined), { consents: [byCommit] }, pins()).desired?.consents).toEqual([]);
  });
});

test('a bundle that the newest revision sends and that does not render holds back pruning', () => {
  const here: ClusterPins = { pins: [bundle('checkout')], holds: [{ bundle: 'cart', reason: 'broken' }] };
  expect(planned(planned(joined), {}, here).desired?.generation).toBe(2n);
});

describe('a bundle that leaves while it is paused', () => {
  const pauses = [{ scope: 'Bundle', name: 'checkout' }] as const;
  const leavingOf = (over: Partial<PlanInput>, cluster = planned(joined)) => {
    const { contents } = decidePlan(input({ clusters: [cluster], pauses, ...over }, pins()));
    return [...contents.values()].map(({ data }) => DesiredState.decode(data).pausedLeaving);
  };

  test('is left alone where it was, until it is resumed', () => {
    expect(leavingOf({ bundlesIn: () => new Set(['checkout']) })).toEqual([['checkout']]);
    expect(leavingOf({ bundlesIn: () => new Set(['checkout']), pauses: [] })).toEqual([[]]);
  });

  test('is left alone where something of it is still reported', () => {
    expect(leavingOf({ clustersOf: () => new Set(['c1']) })).toEqual([['checkout']]);
  });

  test("is nobody else's business", () => {
    expect(leavingOf({ bundlesIn: () => new Set(['cart']) })).toEqual([[]]);
    const elsewhere = decidePlan(input({ clusters: [planned(joined, {}, pins())], pauses }, pins()));
    expect(elsewhere.changes).toEqual([]);
  });
});

describe('a cluster that leaves the fleet with its workloads', () => {
  const removing = { ...planned(joined), removing: ['checkout', 'legacy'] };

  test('is told to run nothing, with consent for all that it has', () => {
    const { contents, changes } = decidePlan(
      input({ clusters: [removing] }, { ...pins('checkout'), holds: [{ bundle: 'cart', reason: 'x' }] }),
    );
    expect(changes).toMatchObject([{ next: { generation: 2n, consents: ['checkout', 'legacy'] } }]);
    expect([...contents.values()].map(({ data }) => DesiredState.decode(data))).toMatchObject([
      {
        assignments: [],
        pruneHolds: [],
        deletionConsents: [{ bundle: 'checkout' }, { bundle: 'legacy' }],
      },
    ]);
  });

  test('is told so once, whatever is committed meanwhile', () => {
    const told = { ...planned(removing), removing: removing.removing };
    expect(decidePlan(input({ clusters: [told] }, pins('checkout', 'new'))).changes).toEqual([]);
  });

  test('stays as it is while it is paused, and is told so', () => {
    const pauses = [{ scope: 'Cluster', name: 'eu-1' }] as const;
    const { contents } = decidePlan(input({ clusters: [removing], pauses }));
    expect([...contents.values()].map(({ data }) => DesiredState.decode(data).paused)).toEqual([true]);
  });
});
