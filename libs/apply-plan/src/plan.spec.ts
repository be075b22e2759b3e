import { describe, expect, it } from 'vitest';
import type { DesiredObject, InventoryEntry, LiveObject, Plan, PlanInput } from './model.ts';
import { planCluster } from './plan.ts';

const id = (name: string, kind = 'ConfigMap') => `/${kind}/shop/${name}`;
const wants = (name: string, bundle = 'web', digest = 'd1', kind?: string): DesiredObject => ({
  id: id(name, kind),
  bundle,
  digest,
});
const live = (name: string, more: Partial<LiveObject> = {}): [string, LiveObject] => [
  id(name),
  {
    uid: `uid-${name}`,
    resourceVersion: '1',
    fleet: 'f1',
    bundle: 'web',
    marksObject: id(name),
    fieldsHash: 'h1',
    terminating: false,
    neverPrune: false,
    ...more,
  },
];
const owns = (name: string, more: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: id(name),
  bundle: 'web',
  apiVersion: 'v1',
  state: 'owned',
  uid: `uid-${name}`,
  digest: 'd1',
  resourceVersion: '1',
  fieldsHash: 'h1',
  adopted: false,
  ...more,
});

function planFor(given: {
  desired?: DesiredObject[];
  inventory?: InventoryEntry[];
  live?: [string, LiveObject][];
  input?: Partial<PlanInput>;
}): Plan {
  const lives = new Map(given.live ?? []);
  const input: PlanInput = {
    fleet: 'f1',
    paused: false,
    bundles: new Map([
      ['web', { paused: false, complete: true }],
      ['api', { paused: false, complete: true }],
    ]),
    desired: given.desired ?? [],
    inventory: new Map((given.inventory ?? []).map((entry) => [entry.id, entry])),
    observe: (key) => {
      const found = lives.get(key);
      return found ? { state: 'present', live: found } : { state: 'absent' };
    },
    pruneHolds: [],
    deletionConsents: new Set(),
    deletionGuard: { maxPercent: 30, maxObjects: 10 },
    isBackingOff: () => false,
    ...given.input,
  };
  return planCluster(input, { apiVersionOf: () => 'v1' });
}

/** One line per thing that a plan says. */
function told(plan: Plan): string[] {
  return [
    ...plan.phases.flatMap((phase, n) =>
      phase.map(
        (step) =>
          `${n}: ${step.kind} ${step.id}${step.kind === 'apply' ? ` (${step.reason})` : ` uid ${step.uid}`}`,
      ),
    ),
    ...plan.skips.map(
      (skip) => `skip ${skip.id} of ${skip.bundle}: ${skip.reason}${skip.other ? ` by ${skip.other}` : ''}`,
    ),
    ...plan.forgets.map((forget) => `forget ${forget.id}: ${forget.reason}`),
  ];
}

describe('an object that is wanted', () => {
  it('is created, intended before it is written', () => {
    const plan = planFor({ desired: [wants('a')] });
    expect(told(plan)).toEqual(['0: apply /ConfigMap/shop/a (create)']);
    expect(plan.intents).toEqual([
      { id: id('a'), bundle: 'web', apiVersion: 'v1', state: 'intended', adopted: false },
    ]);
  });

  it('that was there before is adopted, and marked so before it is written', () => {
    const plan = planFor({
      desired: [wants('a')],
      live: [live('a', { fleet: undefined, bundle: undefined, marksObject: undefined })],
    });
    expect(told(plan)).toEqual(['0: apply /ConfigMap/shop/a (adopt)']);
    expect(plan.intents[0]).toMatchObject({ adopted: true });
  });

  it.each<[string, Partial<LiveObject>, Partial<InventoryEntry>, string]>([
    ['is left alone when nothing changed', {}, {}, 'skip /ConfigMap/shop/a of web: unchanged'],
    [
      'is left alone when another manager changed other fields',
      { resourceVersion: '2' },
      {},
      'skip /ConfigMap/shop/a of web: unchanged',
    ],
    [
      'is corrected when a field of ours was taken',
      { resourceVersion: '2', fieldsHash: 'h2' },
      {},
      '0: apply /ConfigMap/shop/a (drift)',
    ],
    [
      'is corrected when somebody made it anew',
      { uid: 'other' },
      {},
      '0: apply /ConfigMap/shop/a (replaced)',
    ],
    ['is applied when its manifest changed', {}, { digest: 'd0' }, '0: apply /ConfigMap/shop/a (changed)'],
    [
      'is applied again when nobody knows whether it was',
      {},
      { state: 'intended', uid: undefined },
      '0: apply /ConfigMap/shop/a (unverified)',
    ],
    [
      'waits for its end when it is being deleted',
      { terminating: true },
      {},
      'skip /ConfigMap/shop/a of web: terminating',
    ],
    [
      'is not taken from another fleet',
      { fleet: 'f2' },
      {},
      'skip /ConfigMap/shop/a of web: owned-by-other by fleet f2 (bundle web)',
    ],
  ])('%s', (_, liveFields, entryFields, expected) => {
    const { uid, ...rest } = owns('a', entryFields);
    const entry: InventoryEntry = uid === undefined ? rest : { ...rest, uid };
    expect(
      told(planFor({ desired: [wants('a')], inventory: [entry], live: [live('a', liveFields)] })),
    ).toEqual([expected]);
  });

  it('that was kept when it left another bundle is taken by the one that wants it, and kept again', () => {
    const plan = planFor({ desired: [wants('a')], live: [live('a', { bundle: 'api' })] });
    expect(told(plan)).toEqual(['0: apply /ConfigMap/shop/a (adopt)']);
    expect(plan.intents[0]).toMatchObject({ adopted: true });
  });

  it("is not another fleet's because a copy carries that one's annotation", () => {
    const copy = live('a', { fleet: 'f2', marksObject: id('b') });
    expect(told(planFor({ desired: [wants('a')], live: [copy] }))).toEqual([
      '0: apply /ConfigMap/shop/a (adopt)',
    ]);
  });

  it('by two bundles stays with its owner, else goes to the smaller name', () => {
    const desired = [wants('a', 'web'), wants('a', 'api')];
    expect(told(planFor({ desired }))).toEqual([
      '0: apply /ConfigMap/shop/a (create)',
      'skip /ConfigMap/shop/a of web: claimed-by-two-bundles by api',
    ]);
    expect(told(planFor({ desired, inventory: [owns('a')], live: [live('a')] }))).toEqual([
      'skip /ConfigMap/shop/a of api: claimed-by-two-bundles by web',
      'skip /ConfigMap/shop/a of web: unchanged',
    ]);
  });

  it('by another bundle than before is handed over, not deleted', () => {
    const plan = planFor({ desired: [wants('a', 'api')], inventory: [owns('a')], live: [live('a')] });
    expect(told(plan)).toEqual(['0: apply /ConfigMap/shop/a (hand-over)']);
  });

  it('is not written while cluster or bundle is paused', () => {
    const desired = [wants('a')];
    const inventory = [owns('b')];
    const lives = [live('b')];
    const paused = ['skip /ConfigMap/shop/a of web: paused', 'skip /ConfigMap/shop/b of web: paused'];
    expect(told(planFor({ desired, inventory, live: lives, input: { paused: true } }))).toEqual(paused);
    const bundles = new Map([['web', { paused: true, complete: true }]]);
    expect(told(planFor({ desired, inventory, live: lives, input: { bundles } }))).toEqual(paused);
  });

  it('comes after its namespace, and deletions wait until all of their bundle is applied', () => {
    const plan = planFor({
      desired: [wants('a'), { id: '/Namespace//shop', bundle: 'web', digest: 'd' }],
      inventory: [owns('old')],
      live: [live('old')],
    });
    expect(told(plan)).toEqual([
      '0: apply /Namespace//shop (create)',
      '1: apply /ConfigMap/shop/a (create)',
      'skip /ConfigMap/shop/old of web: waiting',
    ]);
  });
});

describe('an object that nothing wants any more (invariant 4)', () => {
  const desired = [wants('keep')];
  const others: InventoryEntry[] = [owns('keep')];
  const otherLives = [live('keep')];
  const about = (plan: Plan) => told(plan).filter((line) => !line.includes('unchanged'));
  const prune = (
    liveFields: Partial<LiveObject> | undefined,
    entryFields: Partial<InventoryEntry> = {},
    input: Partial<PlanInput> = {},
  ) =>
    about(
      planFor({
        desired,
        inventory: [...others, owns('a', entryFields)],
        live: liveFields ? [...otherLives, live('a', liveFields)] : otherLives,
        input,
      }),
    );

  it.each<[string, Partial<LiveObject> | undefined, Partial<InventoryEntry>, string]>([
    ['is deleted under its uid', {}, {}, '0: delete /ConfigMap/shop/a uid uid-a'],
    [
      'is deleted when only the label was lost',
      { fleet: undefined },
      {},
      '0: delete /ConfigMap/shop/a uid uid-a',
    ],
    ['is forgotten when it is gone', undefined, {}, 'forget /ConfigMap/shop/a: gone'],
    [
      'is not deleted when another object bears its name',
      { uid: 'other' },
      {},
      'forget /ConfigMap/shop/a: uid-differs',
    ],
    [
      'is kept when it was there before Muster',
      {},
      { adopted: true },
      'forget /ConfigMap/shop/a: adopted-kept',
    ],
    ['is kept when it says so', { neverPrune: true }, {}, 'forget /ConfigMap/shop/a: never-prune'],
    [
      "is not deleted once it is another fleet's",
      { fleet: 'f2' },
      {},
      'forget /ConfigMap/shop/a: owned-by-other',
    ],
    [
      'is not hammered while it terminates',
      { terminating: true },
      {},
      'skip /ConfigMap/shop/a of web: terminating',
    ],
    [
      'is deleted when we crashed before we saw its uid but it bears our marks',
      {},
      { state: 'intended' },
      '0: delete /ConfigMap/shop/a uid uid-a',
    ],
    [
      'is not deleted when we crashed before we wrote it',
      { marksObject: undefined },
      { state: 'intended' },
      'forget /ConfigMap/shop/a: uid-differs',
    ],
  ])('%s', (_, liveFields, entryFields, expected) => {
    expect(prune(liveFields, entryFields)).toEqual([expected]);
  });

  it('waits while a bundle has no rendering, or is not known whole', () => {
    expect(prune({}, {}, { pruneHolds: [{ bundle: 'api', reason: 'it does not render' }] })).toEqual([
      'skip /ConfigMap/shop/a of web: prune-held by api',
    ]);
    const bundles = new Map([['api', { paused: false, complete: false }]]);
    expect(prune({}, {}, { bundles })).toEqual(['skip /ConfigMap/shop/a of web: prune-held by api']);
  });

  it('is not concluded to be gone while nobody could look', () => {
    expect(prune({}, {}, { observe: () => ({ state: 'unobserved' }) })).toContain(
      'skip /ConfigMap/shop/a of web: unobserved',
    );
  });
});

describe('the guard', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `o${n}`);
  const shrink = (from: number, to: number, input: Partial<PlanInput> = {}) => {
    const names = many(from);
    const plan = planFor({
      desired: names.slice(0, to).map((name) => wants(name)),
      inventory: names.map((name) => owns(name)),
      live: names.map((name) => live(name)),
      input,
    });
    const held = plan.skips.filter((skip) => skip.reason === 'consent-needed');
    return { deleted: plan.phases.flat().length, held: held.length, why: held[0]?.detail };
  };

  it('lets small changes pass', () => {
    expect(shrink(20, 10)).toMatchObject({ deleted: 10, held: 0 });
    expect(shrink(100, 70)).toMatchObject({ deleted: 30, held: 0 });
  });

  it('holds a sharp shrinking until a person consents', () => {
    expect(shrink(100, 69)).toEqual({
      deleted: 0,
      held: 31,
      why: '31 of 100 objects would be deleted at once',
    });
    expect(shrink(100, 69, { deletionConsents: new Set(['web']) })).toMatchObject({ deleted: 31, held: 0 });
  });

  it('is not passed in slices, by objects that nobody can look at yet', () => {
    const unseen = new Set(
      many(40)
        .slice(32)
        .map((name) => id(name)),
    );
    const shrunk = shrink(40, 25, {
      observe: (key) =>
        unseen.has(key)
          ? { state: 'unobserved' }
          : { state: 'present', live: live(key.split('/').at(-1)!)[1] },
    });
    expect(shrunk).toEqual({ deleted: 0, held: 7, why: '15 of 40 objects would be deleted at once' });
  });

  it('holds everything when the desired state is empty', () => {
    expect(shrink(1, 0)).toMatchObject({
      deleted: 0,
      held: 1,
      why: 'the desired state is empty, and 1 objects would be deleted',
    });
  });

  it('holds a namespace whatever the number', () => {
    const entry: InventoryEntry = { ...owns('x'), id: '/Namespace//shop', uid: 'u' };
    const [, found] = live('x', { uid: 'u', marksObject: '/Namespace//shop' });
    const given = {
      desired: [wants('a')],
      inventory: [owns('a'), entry],
      live: [live('a'), ['/Namespace//shop', found] as [string, LiveObject]],
    };
    expect(told(planFor(given))).toContain('skip /Namespace//shop of web: consent-needed');
    expect(told(planFor({ ...given, input: { deletionConsents: new Set(['web']) } }))).toContain(
      '0: delete /Namespace//shop uid u',
    );
  });
});
