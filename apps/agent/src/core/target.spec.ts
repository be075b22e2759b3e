import type { InventoryEntry } from '@muster/apply-plan';
import type { Resource } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import type { WantedBundle, WantedObject } from './bundles.ts';
import type { Kinds } from './kinds.ts';
import { planInput } from './round-plan.ts';
import { resolveTarget } from './target.ts';
import type { Target } from './target.ts';

const widgets: Resource = {
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
  verbs: [],
};

/** A cluster that serves widgets in this one version. */
function serving(version: string): Kinds {
  const resource = { ...widgets, version };
  const kinds: Partial<Kinds> = {
    find: (_group, wanted) => (wanted === version ? resource : undefined),
    findAny: () => resource,
    problemOf: () => undefined,
  };
  return kinds as Kinds;
}

const widget = (name: string, ownNamespace: string, version = 'v1beta1', digest = 'd1') =>
  ({ digest, group: 'example.com', version, kind: 'Widget', name, ownNamespace }) as unknown as WantedObject;

function target(...objects: WantedObject[]): Target {
  const bundle: Partial<WantedBundle> = {
    bundle: 'shop',
    policy: { namespace: 'shop' },
    objects,
    broken: [],
    problem: undefined,
    assignment: { paused: false } as WantedBundle['assignment'],
  };
  return {
    bundles: [bundle],
    leaving: new Map(),
    content: { fleet: 'f' },
    state: { pausedLeaving: [], deletionConsents: [], pruneHolds: [] },
  } as unknown as Target;
}

function inventory(...ids: string[]): ReadonlyMap<string, InventoryEntry> {
  const rest = { bundle: 'shop', apiVersion: 'example.com/v1beta1', state: 'owned', adopted: false } as const;
  return new Map(ids.map((id) => [id, { id, uid: id, ...rest }]));
}

describe('objects whose version the cluster serves no more', () => {
  const ids = ['example.com/Widget/a/web', 'example.com/Widget/b/web', 'example.com/Widget/shop/web'];
  const both = target(widget('web', 'a'), widget('web', 'b'), widget('web', ''));

  it('are still wanted, each where it is, though they have one name', () => {
    const resolved = resolveTarget(both, inventory(...ids), serving('v1'));
    expect([...resolved.wantedIds]).toEqual(ids);
    expect([...resolved.unserved]).toEqual(ids);
  });

  it('are not planned by what was last seen of them', () => {
    const resolved = resolveTarget(both, inventory(...ids), serving('v1'));
    const input = planInput(both, resolved, {
      inventory: inventory(...ids),
      observer: { observe: () => ({ state: 'absent' }), isDoubtful: () => false, record: () => undefined },
      now: 0,
      isBackingOff: () => false,
    });
    expect(ids.map((id) => input.observe(id).state)).toEqual(['unobserved', 'unobserved', 'unobserved']);
  });
});

describe('an object that a bundle has twice, as only the cluster tells', () => {
  it('is the first of them', () => {
    const twice = target(widget('web', 'shop', 'v1', 'd1'), widget('web', '', 'v1', 'd2'));
    const { desired, wanted } = resolveTarget(twice, new Map(), serving('v1'));
    expect(desired.map(({ digest }) => digest)).toEqual(['d1', 'd2']);
    expect([...wanted.values()].map(({ object }) => object.digest)).toEqual(['d1']);
  });
});
