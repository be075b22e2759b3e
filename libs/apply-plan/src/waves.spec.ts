import { beforeEach, describe, expect, it } from 'vitest';
import type { AssignedBundle, DesiredObject, PlanInput } from './model.ts';
import type { Placement } from './placement.ts';
import { Life, World } from './testing.ts';

const deployment = (name: string) => `apps/Deployment/shop/${name}`;
const configMap = (name: string) => `/ConfigMap/shop/${name}`;
const crd = 'apiextensions.k8s.io/CustomResourceDefinition//widgets.example.com';
const wants = (id: string, placement?: Placement, digest = 'd1', bundle = 'a'): DesiredObject => ({
  id,
  bundle,
  digest,
  ...(placement && { placement }),
});
const wave = (n: number): Placement => ({ wave: n });

describe('waves', () => {
  let world: World;
  let life: Life;
  beforeEach(() => {
    world = new World();
    life = new Life(world, {});
  });
  const applied = (): string[] => world.history.splice(0);
  const waitsFor = (desired: readonly DesiredObject[], more?: Partial<PlanInput>): string[] =>
    life.plan(desired, more).waits.map((it) => it.message);

  it('begin when what came before is healthy, lower ones first', () => {
    const desired = [
      wants(configMap('late'), wave(5)),
      wants(deployment('db'), wave(-1)),
      wants(deployment('web')),
    ];
    life.round(desired);
    expect(applied()).toEqual([`+ ${deployment('db')}`]);
    expect(waitsFor(desired)).toEqual(['waits for wave -1: Deployment shop/db is Progressing: it begins']);
    life.round(desired);
    expect(applied()).toEqual([]);
    world.setHealth(deployment('db'), 'Healthy');
    life.round(desired);
    expect(applied()).toEqual([`+ ${deployment('web')}`]);
    world.setHealth(deployment('web'), 'Healthy');
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('late')}`]);
    expect(waitsFor(desired)).toEqual([]);
  });

  it('do not wait for the health of what says that nobody should', () => {
    const desired = [wants(deployment('db'), { ignoreHealth: true }), wants(configMap('late'), wave(1))];
    life.round(desired);
    life.round(desired);
    expect(applied()).toEqual([`+ ${deployment('db')}`, `+ ${configMap('late')}`]);
  });

  it('do not hold back what was applied before: that is set right at once', () => {
    const desired = [wants(deployment('db')), wants(configMap('late'), wave(1))];
    life.settle(desired);
    world.setHealth(deployment('db'), 'Degraded', 'it crashes');
    world.objects.delete(configMap('late'));
    applied();
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('late')}`]);
  });

  it('do not hold it back either when the first attempt to make it again failed', () => {
    const desired = [wants(deployment('db')), wants(configMap('late'), wave(1))];
    life.settle(desired);
    world.setHealth(deployment('db'), 'Degraded', 'it crashes');
    world.objects.delete(configMap('late'));
    const [intent] = life.plan(desired).intents;
    expect(intent).toMatchObject({ id: configMap('late'), state: 'intended', digest: 'd1' });
    world.inventory.set(intent!.id, intent!);
    const next = new Life(world, {});
    applied();
    next.round(desired);
    expect(applied()).toEqual([`+ ${configMap('late')}`]);
  });

  it('of a newer manifest take the place of those that wait', () => {
    life.round([wants(deployment('db')), wants(configMap('late'), wave(1))]);
    applied();
    life.round([wants(deployment('db'), undefined, 'd2'), wants(configMap('other'), wave(1))]);
    expect(applied()).toEqual([`~ ${deployment('db')}`]);
    world.settle();
    life.settle([wants(deployment('db'), undefined, 'd2'), wants(configMap('other'), wave(1))]);
    expect(applied()).toEqual([`+ ${configMap('other')}`]);
  });

  it('wait for objects whose kind is not there yet', () => {
    const desired = [wants(configMap('late'), wave(1))];
    const unplanned = [{ bundle: 'a', message: 'Widget w: the cluster does not serve it' }];
    life.round(desired, { unplanned });
    expect(applied()).toEqual([]);
    expect(waitsFor(desired, { unplanned })).toEqual([
      'waits for wave 0: Widget w: the cluster does not serve it',
    ]);
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('late')}`]);
  });

  it('wait for a hook, or an object of an earlier wave, whose kind is not there yet, though nothing else has a turn', () => {
    const hook: Placement = { hook: { phases: ['PreSync'], deletePolicies: ['BeforeHookCreation'] } };
    const message = 'Workflow migrate: the cluster does not serve its kind';
    for (const placement of [hook, wave(-1)]) {
      life.round([wants(configMap('web'))], { unplanned: [{ bundle: 'a', placement, message }] });
      expect(applied()).toEqual([]);
    }
    life.round([wants(configMap('web'))], { unplanned: [{ bundle: 'a', message }] });
    expect(applied()).toEqual([`+ ${configMap('web')}`]);
  });

  it('of one bundle are nothing to another', () => {
    const desired = [
      wants(deployment('db')),
      wants(configMap('late'), wave(1)),
      wants(configMap('b'), undefined, 'd1', 'b'),
    ];
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('b')}`, `+ ${deployment('db')}`]);
  });

  it('come after namespaces, and after CRDs that are established', () => {
    const desired = [wants(configMap('a')), wants('/Namespace//shop'), wants(crd)];
    life.round(desired);
    expect(applied()).toEqual(['+ /Namespace//shop', `+ ${crd}`]);
    expect(waitsFor(desired)).toEqual([
      'waits for its namespaces and CRDs: CustomResourceDefinition widgets.example.com is Progressing: it begins',
    ]);
    world.setHealth(crd, 'Healthy');
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('a')}`]);
  });

  it('go on when a Job that its TTL removes has ended and is gone, which is not made again', () => {
    const desired = [wants('batch/Job/shop/fill'), wants(configMap('late'), wave(1))];
    life.round(desired);
    const entry = life.memory.get('batch/Job/shop/fill')!;
    life.memory.set(entry.id, { ...entry, ended: true });
    world.objects.delete(entry.id);
    life.settle(desired);
    expect(applied()).toEqual(['+ batch/Job/shop/fill', `+ ${configMap('late')}`]);
    life.settle([wants('batch/Job/shop/fill', undefined, 'd2'), wants(configMap('late'), wave(1))]);
    expect(applied()).toEqual(['+ batch/Job/shop/fill']);
  });

  it('place a CRD as well, where it names one', () => {
    const desired = [wants(configMap('a')), wants(crd, wave(1))];
    life.round(desired);
    expect(applied()).toEqual([`+ ${configMap('a')}`]);
  });
});

describe('what leaves a bundle', () => {
  it('is deleted from the highest wave to the lowest, each gone before the next, namespaces last', () => {
    const world = new World();
    const life = new Life(world, {});
    const all = [
      wants('/Namespace//shop'),
      wants(configMap('first'), wave(-1)),
      wants(deployment('db')),
      wants(configMap('late'), wave(3)),
    ];
    life.settle(all);
    world.history.splice(0);
    const rounds = [0, 1, 2, 3].map(() => {
      life.round([]);
      return world.history.splice(0);
    });
    // The desired state is empty: all of it was consented to.
    expect(rounds).toEqual([
      [`- ${configMap('late')}`],
      [`- ${deployment('db')}`],
      [`- ${configMap('first')}`],
      ['- /Namespace//shop'],
    ]);
  });

  it('stays until what takes its place is applied', () => {
    const world = new World();
    const life = new Life(world, {});
    life.settle([wants(deployment('db')), wants(configMap('old'))]);
    world.history.splice(0);
    const next = [wants(deployment('db'), undefined, 'd2'), wants(configMap('new'), wave(1))];
    life.round(next);
    world.setHealth(deployment('db'), 'Progressing');
    life.round(next);
    expect(world.history.splice(0)).toEqual([`~ ${deployment('db')}`]);
    life.settle(next);
    expect(world.history).toEqual([`+ ${configMap('new')}`, `- ${configMap('old')}`]);
  });

  it('stays while the cluster does not serve the kind of what takes its place', () => {
    const world = new World();
    const life = new Life(world, {});
    life.settle([wants(configMap('rest')), wants(deployment('web'))]);
    const message = 'Rollout web: the cluster does not serve its kind';
    const plan = life.round([wants(configMap('rest'))], { unplanned: [{ bundle: 'a', message }] });
    expect(world.objects.has(deployment('web'))).toBe(true);
    expect(plan.skips).toContainEqual({
      id: deployment('web'),
      bundle: 'a',
      reason: 'waiting',
      deletion: true,
      detail: `it goes once all of its bundle is applied: ${message}`,
    });
    life.settle([wants(configMap('rest'))]);
    expect(world.objects.has(deployment('web'))).toBe(false);
  });
});

describe('a bundle that depends on another', () => {
  const bundles = (fields: Record<string, Partial<AssignedBundle>>): Partial<PlanInput> => ({
    bundles: new Map(
      Object.entries(fields).map(([name, more]) => [
        name,
        { paused: false, complete: true, manifest: 'm1', ...more },
      ]),
    ),
  });
  const dependsOnB = bundles({ a: { dependsOn: [{ bundle: 'b' }] }, b: {} });
  const desired = [
    wants(configMap('a')),
    wants(deployment('b'), undefined, 'd1', 'b'),
    wants(configMap('b2'), wave(1), 'd1', 'b'),
  ];

  it('waits until all of that is applied as its manifest says now, and healthy', () => {
    const world = new World();
    const life = new Life(world, dependsOnB);
    const plan = life.round(desired);
    expect(world.history).toEqual([`+ ${deployment('b')}`]);
    expect(plan.waits.map((it) => it.message)).toContain(
      'waits for bundle b: Deployment shop/b is to be applied',
    );
    life.settle(desired);
    expect(world.history).toEqual([`+ ${deployment('b')}`, `+ ${configMap('b2')}`, `+ ${configMap('a')}`]);
    const changed = [
      wants(configMap('a'), undefined, 'd2'),
      wants(deployment('b'), undefined, 'd2', 'b'),
      desired[2]!,
    ];
    life.settle(changed);
    expect(world.history.slice(3)).toEqual([`~ ${deployment('b')}`, `~ ${configMap('a')}`]);
  });

  it('says so where that is not assigned here, unless it is optional', () => {
    const life = new Life(new World(), {});
    const input = bundles({ a: { dependsOn: [{ bundle: 'c' }] } });
    expect(life.plan([desired[0]!], input).waits).toMatchObject([
      { message: 'depends on bundle c, which is not assigned to this cluster' },
    ]);
    const optional = bundles({ a: { dependsOn: [{ bundle: 'c', optional: true }] } });
    expect(life.plan([desired[0]!], optional).waits).toEqual([]);
  });

  it('says so where they wait for each other', () => {
    const life = new Life(new World(), {});
    const input = bundles({
      a: { dependsOn: [{ bundle: 'b' }] },
      b: { dependsOn: [{ bundle: 'c' }] },
      c: { dependsOn: [{ bundle: 'a' }] },
    });
    const all = ['a', 'b', 'c'].map((name) => wants(configMap(name), undefined, 'd1', name));
    expect(life.plan(all, input).waits.map((it) => it.message)).toEqual([
      'the bundles a → b → c → a wait for each other',
      'the bundles b → c → a → b wait for each other',
      'the bundles c → a → b → c wait for each other',
    ]);
  });

  it('leaves the cluster before it', () => {
    const world = new World();
    const life = new Life(world, dependsOnB);
    life.settle(desired);
    world.history.splice(0);
    const left: Partial<PlanInput> = {
      bundles: new Map(),
      leaving: new Map([
        ['a', { policy: {}, paused: false, dependsOn: [{ bundle: 'b' }] }],
        ['b', { policy: {}, paused: false }],
      ]),
    };
    const rounds = [0, 1, 2].map(() => {
      life.round([], left);
      return world.history.splice(0);
    });
    expect(rounds).toEqual([[`- ${configMap('a')}`], [`- ${configMap('b2')}`], [`- ${deployment('b')}`]]);
  });

  it('leaves at once with those that need it in turn', () => {
    const names = ['a', 'b', 'c'];
    const all = bundles({ a: {}, b: {}, c: {} });
    const world = new World();
    const life = new Life(world, all);
    life.settle(names.map((name) => wants(configMap(name), undefined, 'd1', name)));
    const leaving = names.map((name, n) => {
      const dependsOn = [{ bundle: names[(n + 1) % 3]! }];
      return [name, { policy: {}, paused: false, dependsOn }] as const;
    });
    const input = { bundles: new Map(), leaving: new Map(leaving), deletionConsents: new Set(names) };
    life.round([], input);
    expect([...world.objects]).toEqual([]);
  });
});
