import type { Bundle } from '@muster/fleet-model';
import { advance, createPinner, EMPTY_ROLLOUT } from '@muster/rollout';
import type { ResolvedBundle, RolloutState } from '@muster/rollout';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterApply, withEntries } from './inventory.ts';
import type { DesiredObject, InventoryEntry, LiveObject } from './model.ts';
import { planCluster } from './plan.ts';

const names = ['a', 'b', 'c', 'd'] as const;
const objects = ['1', '2', '3', '4'];

/** What a commit says of one bundle: whether it is there, whether it comes to the cluster, and whether it renders. */
const says = fc.record({
  isThere: fc.boolean(),
  isHere: fc.constantFrom(true, true, false),
  renders: fc.constantFrom(true, true, false),
  objects: fc.subarray(objects),
});
type Says = typeof says extends fc.Arbitrary<infer T> ? T : never;
const revision = fc.tuple(says, says, says, says);
/** How many steps of the plan an agent comes to before the next state reaches it. */
const chapter = fc.record({ revision, steps: fc.constantFrom(Infinity, Infinity, 0, 1, 2) });

function bundleOf(name: string, isHere: boolean): Bundle {
  return {
    name,
    labels: {},
    source: { kind: 'manifests', path: name, include: [] },
    targets: isHere ? [{ clusterSelector: {} }] : [],
    except: [],
    definedIn: { file: 'muster.yaml', line: 1, column: 1 },
  };
}

/** A hub that resolves commits, and the one cluster that it pins bundles for. */
class World {
  readonly live = new Map<string, LiveObject>();
  readonly deleted: string[] = [];
  #inventory = new Map<string, InventoryEntry>();
  #rollout: RolloutState = EMPTY_ROLLOUT;
  readonly #rendered = new Map<string, readonly string[]>();
  #count = 0;

  commit(commit: readonly Says[], steps: number): void {
    const sha = `r${++this.#count}`;
    const there = names.flatMap((name, n) => (commit[n]!.isThere ? [{ name, ...commit[n]! }] : []));
    const bundles = there.map(({ name, isHere, renders, objects: content }): ResolvedBundle => {
      const bundle = bundleOf(name, isHere);
      if (!renders) return { bundle, outcome: 'failed', reason: 'it does not render' };
      this.#rendered.set(`${name} ${content.join()}`, content);
      return { bundle, outcome: 'rendered', content: `${name} ${content.join()}` };
    });
    this.#rollout = advance(
      this.#rollout,
      { kind: 'RevisionResolved', revision: sha, bundles, groups: [] },
      0,
    ).state;
    const model = { bundles: bundles.map((it) => it.bundle), groups: [] };
    const { pins, holds } = createPinner(this.#rollout, model)({});
    const desired = pins.flatMap(({ bundle, good }) =>
      this.#rendered
        .get(good.content)!
        .map((name): DesiredObject => ({ id: `/ConfigMap/s/${name}`, bundle, digest: good.content })),
    );
    this.#reconcile(
      pins.map((pin) => pin.bundle),
      desired,
      holds,
      steps,
    );
  }

  #reconcile(
    assigned: readonly string[],
    desired: readonly DesiredObject[],
    pruneHolds: readonly { bundle: string; reason: string }[],
    steps: number,
  ): void {
    const plan = planCluster(
      {
        fleet: 'f1',
        paused: false,
        bundles: new Map(assigned.map((name) => [name, { paused: false, complete: true }])),
        desired,
        inventory: this.#inventory,
        observe: (id) => {
          const found = this.live.get(id);
          return found ? { state: 'present', live: found } : { state: 'absent' };
        },
        pruneHolds,
        deletionConsents: new Set(names),
        deletionGuard: { maxPercent: 100, maxObjects: 100 },
        isBackingOff: () => false,
      },
      { apiVersionOf: () => 'v1' },
    );
    const forgotten = plan.forgets.map((forget) => forget.id);
    this.#inventory = withEntries(this.#inventory, plan.intents, forgotten);
    for (const step of plan.phases.flat().slice(0, steps)) {
      if (step.kind === 'delete') {
        this.deleted.push(step.id);
        this.live.delete(step.id);
        this.#inventory = withEntries(this.#inventory, [], [step.id]);
      } else {
        const live = this.#written(step.object);
        this.#inventory = withEntries(this.#inventory, [
          afterApply(this.#inventory.get(step.id), step.object, 'v1', live),
        ]);
      }
    }
  }

  #written({ id, bundle }: DesiredObject): LiveObject {
    const uid = this.live.get(id)?.uid ?? `u${++this.#count}`;
    const live: LiveObject = {
      uid,
      resourceVersion: `${++this.#count}`,
      fleet: 'f1',
      bundle,
      marksObject: id,
      fieldsHash: `${this.#count}`,
      terminating: false,
      neverPrune: false,
    };
    this.live.set(id, live);
    return live;
  }
}

describe('objects that move between bundles, and bundles that are renamed (invariant 4)', () => {
  it('are never deleted while the newest revision has them on the cluster, whatever renders and however far agents come', () => {
    fc.assert(
      fc.property(fc.array(chapter, { minLength: 2, maxLength: 8 }), (chapters) => {
        const world = new World();
        for (const { revision: commit, steps } of chapters) {
          const before = world.deleted.length;
          world.commit(commit, steps);
          const wanted = new Set(commit.filter((it) => it.isThere && it.isHere).flatMap((it) => it.objects));
          const wrongly = world.deleted
            .slice(before)
            .filter((id) => wanted.has(id.slice('/ConfigMap/s/'.length)));
          expect(wrongly).toEqual([]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('keep their uid when all render', () => {
    const here = { isThere: true, isHere: true, renders: true };
    const none = { ...here, isThere: false, objects: [] };
    const world = new World();
    world.commit([{ ...here, objects: ['1', '2'] }, none, none, none], Infinity);
    const uids = [...world.live].map(([id, live]) => `${id} ${live.uid}`);
    // Renamed; then one of its objects moves to a bundle with a smaller name, and the other to one with a greater.
    world.commit([none, { ...here, objects: ['1', '2'] }, none, none], Infinity);
    world.commit([{ ...here, objects: ['1'] }, none, { ...here, objects: ['2'] }, none], Infinity);
    expect([...world.live].map(([id, live]) => `${id} ${live.uid}`)).toEqual(uids);
    expect([...world.live.values()].map((live) => live.bundle)).toEqual(['a', 'c']);
  });
});
