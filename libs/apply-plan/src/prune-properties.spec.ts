import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventoryEntry, LiveObject, PlanInput, PrunePolicy } from './model.ts';
import { decidePrune } from './prune-decision.ts';

const bundles = ['a', 'b', 'left', 'unknown'] as const;
const kinds = ['ConfigMap', 'Namespace', 'PersistentVolumeClaim'] as const;

const policy: fc.Arbitrary<PrunePolicy> = fc.record(
  {
    prune: fc.constant(false as const),
    onRemoval: fc.constant('Orphan' as const),
    adopted: fc.constant('Prune' as const),
  },
  { requiredKeys: [] },
);

const one = fc.record({
  bundle: fc.constantFrom(...bundles),
  kind: fc.constantFrom(...kinds),
  state: fc.constantFrom('owned', 'intended'),
  adopted: fc.boolean(),
  seen: fc.constantFrom('present', 'present', 'present', 'absent', 'unobserved'),
  sameUid: fc.boolean(),
  fleet: fc.constantFrom('f1', 'f1', 'f2', undefined),
  neverPrune: fc.boolean(),
  terminating: fc.boolean(),
  controller: fc.constantFrom(undefined, undefined, 'ReplicaSet/x'),
  isBackingOff: fc.boolean(),
});

const world = fc.record({
  objects: fc.array(one, { maxLength: 12 }),
  wanted: fc.nat(3),
  paused: fc.boolean(),
  pausedBundles: fc.subarray([...bundles]),
  policies: fc.record({ a: policy, b: policy, left: policy }),
  held: fc.boolean(),
  complete: fc.boolean(),
  consents: fc.subarray([...bundles]),
  guard: fc.record({ maxPercent: fc.nat(100), maxObjects: fc.nat(5) }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function inputOf(it: World): { input: PlanInput; entries: InventoryEntry[]; live: Map<string, LiveObject> } {
  const live = new Map<string, LiveObject>();
  const entries = it.objects.map((object, n): InventoryEntry => {
    const id = `/${object.kind}/s/${n}`;
    if (object.seen === 'present')
      live.set(id, {
        uid: object.sameUid ? `u${n}` : `x${n}`,
        resourceVersion: '1',
        fleet: object.fleet,
        bundle: object.bundle,
        marksObject: id,
        fieldsHash: 'h',
        terminating: object.terminating,
        neverPrune: object.neverPrune,
        ...(object.controller && { controller: object.controller }),
      });
    return {
      id,
      bundle: object.bundle,
      apiVersion: 'v1',
      state: object.state,
      ...(object.state === 'owned' && { uid: `u${n}` }),
      adopted: object.adopted,
    };
  });
  const isPaused = (bundle: string) => it.pausedBundles.includes(bundle as (typeof bundles)[number]);
  const input: PlanInput = {
    fleet: 'f1',
    paused: it.paused,
    bundles: new Map(
      (['a', 'b'] as const).map((name) => [
        name,
        { paused: isPaused(name), complete: it.complete, policy: it.policies[name] },
      ]),
    ),
    leaving: new Map([['left', { policy: it.policies.left, paused: isPaused('left') }]]),
    desired: Array.from({ length: it.wanted }, (_, n) => ({
      id: `/Secret/s/${n}`,
      bundle: 'a',
      digest: 'd',
    })),
    inventory: new Map(entries.map((entry) => [entry.id, entry])),
    observe: (id) => {
      const found = live.get(id);
      if (found) return { state: 'present', live: found };
      const n = Number(id.split('/').at(-1));
      return { state: it.objects[n]?.seen === 'unobserved' ? 'unobserved' : 'absent' };
    },
    pruneHolds: it.held ? [{ bundle: 'b', reason: 'it does not render' }] : [],
    deletionConsents: new Set(it.consents),
    deletionGuard: it.guard,
    isBackingOff: (id) => it.objects[Number(id.split('/').at(-1))]?.isBackingOff ?? false,
  };
  return { input, entries, live };
}

describe('whatever the inventory, the cluster and the policies are (invariant 4)', () => {
  it('only what is proven to be ours alone is deleted, and only where nothing says that it is to stay', () => {
    fc.assert(
      fc.property(world, (it) => {
        const { input, entries, live } = inputOf(it);
        const { deletions } = decidePrune(input, entries);
        for (const { id, bundle, uid } of deletions) {
          const entry = input.inventory.get(id)!;
          const found = live.get(id)!;
          expect(found.uid).toBe(uid);
          if (entry.state === 'owned') expect(entry.uid).toBe(uid);
          else expect(found.fleet).toBe('f1');
          expect(['f1', undefined]).toContain(found.fleet);
          expect(found.neverPrune || found.terminating || found.controller !== undefined).toBe(false);
          expect(input.paused || input.pruneHolds.length > 0 || !it.complete).toBe(false);
          expect(it.pausedBundles.filter((name) => name !== 'unknown')).not.toContain(bundle);
          const said = input.bundles.get(bundle)?.policy ?? input.leaving!.get(bundle)?.policy ?? {};
          const consented = input.deletionConsents.has(bundle);
          if (entry.adopted) expect(said.adopted).toBe('Prune');
          if (bundle === 'left') expect(said.onRemoval).toBeUndefined();
          if (said.prune === false) expect(bundle === 'left' && consented).toBe(true);
          if (!consented) {
            expect(id.startsWith('/ConfigMap/')).toBe(true);
            expect(input.desired.length).toBeGreaterThan(0);
          }
        }
        const unconsented = deletions.filter(({ bundle }) => !input.deletionConsents.has(bundle)).length;
        const { maxObjects, maxPercent } = input.deletionGuard;
        expect(unconsented <= maxObjects || unconsented * 100 <= maxPercent * entries.length).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('each entry is decided upon exactly once, and only what will never be ours again is forgotten', () => {
    fc.assert(
      fc.property(world, (it) => {
        const { input, entries, live } = inputOf(it);
        const { deletions, forgets, skips } = decidePrune(input, entries);
        const decided = [...deletions, ...forgets, ...skips].map(({ id }) => id).sort();
        expect(decided).toEqual(entries.map(({ id }) => id).sort());
        for (const { id, reason } of forgets) {
          // While a bundle is not known whole, whose object it is may be told by no one but the inventory.
          expect(it.held || !it.complete).toBe(false);
          expect(reason === 'gone').toBe(!live.has(id));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a bundle that prunes nothing keeps everything that left it in the inventory, for when it does', () => {
    fc.assert(
      fc.property(world, (it) => {
        const { input, entries, live } = inputOf({
          ...it,
          policies: { ...it.policies, a: { prune: false, adopted: 'Prune' } },
        });
        const { forgets, deletions } = decidePrune(input, entries);
        expect(deletions.map(({ bundle }) => bundle)).not.toContain('a');
        for (const { id, bundle, reason } of forgets) {
          if (bundle !== 'a' || !live.has(id)) continue;
          expect(['uid-differs', 'owned-by-other', 'never-prune', 'not-ours-alone']).toContain(reason);
        }
      }),
    );
  });
});
