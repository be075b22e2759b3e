import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssignedBundle, DesiredObject } from './model.ts';
import type { Placement } from './placement.ts';
import { Life, World } from './testing.ts';

class Crash extends Error {}

function bundlesOf(manifests: Readonly<Record<string, string>>): Map<string, AssignedBundle> {
  return new Map(
    Object.entries(manifests).map(([name, manifest]) => [name, { paused: false, complete: true, manifest }]),
  );
}

/** As the hub does: a manifest is known by what is in it. */
function manifestsOf(desired: readonly DesiredObject[]): Record<string, string> {
  const manifest = (bundle: string) => JSON.stringify(desired.filter((object) => object.bundle === bundle));
  return { a: manifest('a'), b: manifest('b') };
}

/** One agent's life on a desired state, until it is done or dies at its n-th checkpoint. True when it died. */
function live(
  world: World,
  desired: readonly DesiredObject[],
  diesAt: number,
  fails: readonly string[] = [],
): boolean {
  let left = diesAt;
  const life = new Life(world, { bundles: bundlesOf(manifestsOf(desired)) }, () => {
    if (left-- === 0) throw new Crash();
  });
  try {
    life.settle(desired, (id) => (fails.includes(id) ? 'Degraded' : 'Healthy'));
    return false;
  } catch (error) {
    if (error instanceof Crash) return true;
    throw error;
  }
}

const made = (world: World, id: string): number => world.history.filter((line) => line === `+ ${id}`).length;

const job = (name: string) => `batch/Job/s/${name}`;
const hook = (
  phase: 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail',
  more: Partial<Placement> = {},
): Placement => ({
  hook: { phases: [phase], deletePolicies: ['BeforeHookCreation'] },
  ...more,
});
const wants = (id: string, placement?: Placement, digest = 'd1', bundle = 'a'): DesiredObject => ({
  id,
  bundle,
  digest,
  ...(placement && { placement }),
});

const before = [
  wants('/Namespace//s'),
  wants('/ConfigMap/s/old'),
  wants('/ConfigMap/s/old-late', { wave: 2 }),
  wants('apps/Deployment/s/web'),
  wants(job('migrate'), hook('PreSync')),
];
const after = [
  wants('/Namespace//s'),
  wants('apiextensions.k8s.io/CustomResourceDefinition//widgets'),
  wants(job('migrate'), hook('PreSync'), 'd2'),
  wants('/ConfigMap/s/settings', hook('PreSync', { wave: -1 })),
  wants('/Secret/s/1', { wave: -1 }),
  wants('apps/Deployment/s/web', undefined, 'd2'),
  wants('/ConfigMap/s/late', { wave: 2 }),
  wants(job('fill'), hook('Sync', { wave: 1 })),
  wants(job('check'), {
    hook: { phases: ['PostSync'], deletePolicies: ['BeforeHookCreation', 'HookSucceeded'] },
  }),
  wants(job('alarm'), hook('SyncFail')),
];

describe('an agent that is killed between any two steps of a plan with waves and hooks', () => {
  const stories: [string, readonly string[], (world: World) => void][] = [
    [
      'ends where one that lives on would, and ran each hook once',
      [],
      (world) => {
        for (const name of ['migrate', 'fill', 'check']) expect(made(world, job(name)), name).toBe(1);
        expect(made(world, job('alarm'))).toBe(0);
        const gone = ['/ConfigMap/s/old', '/ConfigMap/s/old-late', job('alarm'), job('check')];
        for (const id of gone) expect(world.objects.has(id), id).toBe(false);
        for (const { id } of after) if (!gone.includes(id)) expect(world.objects.has(id), id).toBe(true);
        const order = [job('migrate'), '/Secret/s/1', job('fill'), '/ConfigMap/s/late', job('check')];
        const places = order.map((id) => world.history.indexOf(`+ ${id}`));
        expect(places).toEqual([...places].sort((x, y) => x - y));
        expect(world.history.indexOf('- /ConfigMap/s/old-late')).toBeGreaterThan(places[3]!);
      },
    ],
    [
      'stops at the hook that failed, ran it once, and once what runs then',
      [job('migrate')],
      (world) => {
        expect(made(world, job('migrate'))).toBe(1);
        expect(made(world, job('alarm'))).toBe(1);
        for (const id of [job('fill'), job('check'), '/Secret/s/1', '/ConfigMap/s/late'])
          expect(world.objects.has(id), id).toBe(false);
        for (const { id } of before) expect(world.objects.has(id), id).toBe(true);
      },
    ],
  ];

  it.each(stories)('%s', (_, fails, expectThat) => {
    let died = true;
    let diesAt = 0;
    for (; died; diesAt++) {
      const world = new World();
      live(world, before, Infinity);
      world.history.splice(0);
      died = live(world, after, diesAt, fails);
      live(world, after, Infinity, fails);
      expectThat(world);
    }
    // As many places to die at as the plans had steps, and more.
    expect(diesAt).toBeGreaterThan(20);
  });
});

const ids = ['/ConfigMap/s/1', '/ConfigMap/s/2', '/Secret/s/1', '/Namespace//s', job('1'), job('2')];
const placement = fc.option(
  fc.oneof(
    fc.record({ wave: fc.integer({ min: -1, max: 1 }) }),
    fc.record({
      wave: fc.integer({ min: -1, max: 1 }),
      hook: fc.record({
        phases: fc.constantFrom(
          ['PreSync'] as const,
          ['PostSync'] as const,
          ['Sync'] as const,
          ['PreSync', 'PostSync'] as const,
        ),
        deletePolicies: fc.constantFrom(
          ['BeforeHookCreation'] as const,
          ['HookSucceeded'] as const,
          ['BeforeHookCreation', 'HookFailed'] as const,
        ),
      }),
    }),
  ),
  { nil: undefined },
);
const state: fc.Arbitrary<DesiredObject[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom(...ids),
      bundle: fc.constantFrom('a', 'b'),
      digest: fc.constantFrom('d1', 'd2'),
      placement,
    })
    // What an object's annotations say is part of its bytes.
    .map(({ placement: placed, digest, ...object }) => ({
      ...object,
      digest: `${digest} ${JSON.stringify(placed)}`,
      ...(placed && { placement: placed }),
    })),
  { selector: (object) => `${object.id} ${object.bundle}` },
);
const chapter = fc.record({
  desired: state,
  diesAt: fc.nat(12),
  theirs: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }),
});

describe('whatever states follow each other, and wherever the agent crashes (invariant 3)', () => {
  it('nothing that others made is deleted, nothing of ours is orphaned, and no hook runs twice', () => {
    fc.assert(
      fc.property(fc.array(chapter, { maxLength: 8 }), state, (chapters, last) => {
        const world = new World();
        for (const { desired, diesAt, theirs } of chapters) {
          for (const id of theirs) world.addTheirs(id);
          world.history.splice(0);
          live(world, desired, diesAt);
          live(world, desired, Infinity);
          for (const id of ids) {
            const claims = desired.filter((object) => object.id === id);
            const turns = claims.map((object) => object.placement?.hook?.phases.length ?? 1);
            expect(made(world, id), id).toBeLessThanOrEqual(Math.max(0, ...turns));
          }
        }
        live(world, last, Infinity);
        expect(world.theirDeleted).toEqual([]);
        const wanted = new Set(last.map((object) => object.id));
        // A hook that somebody's object stands in the way of holds up what comes after it, deletions too.
        for (const [id, object] of world.objects)
          if (object.madeBy === 'us') expect(world.inventory.has(id), `${id} is orphaned`).toBe(true);
        if (last.some((object) => object.placement)) return;
        expect(new Set(world.inventory.keys())).toEqual(wanted);
        for (const id of wanted) expect(world.objects.has(id)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
