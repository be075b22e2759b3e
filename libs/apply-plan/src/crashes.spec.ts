import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterApply, withEntries } from './inventory.ts';
import type { DesiredObject, InventoryEntry, LiveObject, Plan } from './model.ts';
import { planCluster } from './plan.ts';

/** A cluster, what its agent wrote down durably, and who made each object. */
class World {
  readonly objects = new Map<string, LiveObject & { readonly madeBy: 'us' | 'them' }>();
  inventory = new Map<string, InventoryEntry>();
  readonly theirDeleted: string[] = [];
  #uids = 0;

  addTheirs(id: string): void {
    if (!this.objects.has(id))
      this.objects.set(id, {
        ...this.#fresh(),
        fleet: undefined,
        bundle: undefined,
        marksObject: undefined,
        madeBy: 'them',
      });
  }

  apply(object: DesiredObject): LiveObject {
    const before = this.objects.get(object.id) ?? { ...this.#fresh(), madeBy: 'us' as const };
    const after = {
      ...before,
      fleet: 'f1',
      bundle: object.bundle,
      marksObject: object.id,
      resourceVersion: `${++this.#uids}`,
    };
    this.objects.set(object.id, after);
    return after;
  }

  delete(id: string, uid: string): void {
    const found = this.objects.get(id);
    if (found?.uid !== uid) return;
    if (found.madeBy === 'them') this.theirDeleted.push(id);
    this.objects.delete(id);
  }

  #fresh(): Omit<LiveObject, 'fleet' | 'bundle' | 'marksObject'> {
    return {
      uid: `u${++this.#uids}`,
      resourceVersion: '0',
      fieldsHash: 'h',
      terminating: false,
      neverPrune: false,
    };
  }
}

/** Runs one agent's life on a desired state, until it is done or after `crashAfter` writes of any kind. */
function live(world: World, desired: readonly DesiredObject[], crashAfter: number): Plan {
  let writes = 0;
  let memory = new Map(world.inventory);
  const crashes = (): boolean => writes++ >= crashAfter;
  const look = (): Plan =>
    planCluster(
      {
        fleet: 'f1',
        paused: false,
        bundles: new Map(['a', 'b'].map((name) => [name, { paused: false, complete: true }])),
        desired,
        inventory: memory,
        observe: (id) => {
          const found = world.objects.get(id);
          return found ? { state: 'present', live: found } : { state: 'absent' };
        },
        pruneHolds: [],
        deletionConsents: new Set(['a', 'b']),
        deletionGuard: { maxPercent: 30, maxObjects: 10 },
        isBackingOff: () => false,
      },
      { apiVersionOf: () => 'v1' },
    );
  const plan = look();
  memory = withEntries(memory, plan.intents);
  if (crashes()) return plan;
  world.inventory = new Map(memory);
  for (const step of plan.phases.flat()) {
    if (crashes()) return plan;
    if (step.kind === 'delete') {
      world.delete(step.id, step.uid);
      memory = withEntries(memory, [], [step.id]);
    } else {
      memory = withEntries(memory, [
        afterApply(memory.get(step.id), step.object, 'v1', world.apply(step.object)),
      ]);
    }
  }
  memory = withEntries(
    memory,
    [],
    plan.forgets.map((forget) => forget.id),
  );
  if (!crashes()) world.inventory = new Map(memory);
  return plan;
}

const ids = ['/ConfigMap/s/1', '/ConfigMap/s/2', '/ConfigMap/s/3', '/Secret/s/1', '/Namespace//s'];
const state = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...ids),
    bundle: fc.constantFrom('a', 'b'),
    digest: fc.constantFrom('d1', 'd2'),
  }),
  { selector: (object) => `${object.id} ${object.bundle}` },
);
const chapter = fc.record({
  desired: state,
  crashAfter: fc.nat(8),
  theirs: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }),
});

describe('whatever states follow each other, and wherever the agent crashes (invariant 3)', () => {
  it('nothing that others made is deleted, and nothing of ours is orphaned', () => {
    fc.assert(
      fc.property(fc.array(chapter, { maxLength: 8 }), state, (chapters, last) => {
        const world = new World();
        for (const { desired, crashAfter, theirs } of chapters) {
          for (const id of theirs) world.addTheirs(id);
          live(world, desired, crashAfter);
        }
        live(world, last, Infinity);
        const plan = live(world, last, Infinity);
        expect(plan.phases).toEqual([]);
        expect(world.theirDeleted).toEqual([]);
        const wanted = new Set(last.map((object) => object.id));
        for (const id of wanted) expect(world.objects.has(id)).toBe(true);
        expect(new Set(world.inventory.keys())).toEqual(wanted);
        for (const [id, object] of world.objects)
          if (object.madeBy === 'us') expect(wanted.has(id), `${id} is orphaned`).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
