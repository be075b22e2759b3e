import { describe, expect, it } from 'vitest';
import type { InventoryEntry, LeavingBundle, LiveObject, PlanInput, PrunePolicy } from './model.ts';
import { decidePrune } from './prune-decision.ts';

const id = (name: string, kind = 'ConfigMap') => `/${kind}/shop/${name}`;
const owns = (name: string, more: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: id(name),
  bundle: 'web',
  apiVersion: 'v1',
  state: 'owned',
  uid: `uid-${name}`,
  digest: 'd1',
  adopted: false,
  ...more,
});
const lives = (name: string, more: Partial<LiveObject> = {}): LiveObject => ({
  uid: `uid-${name}`,
  resourceVersion: '1',
  fleet: 'f1',
  bundle: 'web',
  marksObject: id(name),
  fieldsHash: 'h1',
  terminating: false,
  neverPrune: false,
  ...more,
});

interface Case {
  readonly entries?: readonly InventoryEntry[];
  readonly live?: Readonly<Record<string, LiveObject>>;
  /** Of the bundle, which is assigned; or of one that left. */
  readonly policy?: PrunePolicy;
  readonly left?: Partial<LeavingBundle>;
  readonly input?: Partial<PlanInput>;
}

/** What becomes of `a`, which no bundle wants any more: one line per decision. */
function decided({ entries = [owns('a')], live, policy, left, input }: Case): string[] {
  const objects = live ?? { [id('a')]: lives('a') };
  const decisions = decidePrune(
    {
      fleet: 'f1',
      paused: false,
      bundles: left ? new Map() : new Map([['web', { paused: false, complete: true, policy: policy ?? {} }]]),
      leaving: left ? new Map([['web', { policy: {}, paused: false, ...left }]]) : new Map(),
      desired: [{ id: id('other'), bundle: 'web', digest: 'd1' }],
      inventory: new Map(entries.map((entry) => [entry.id, entry])),
      observe: (key) => (objects[key] ? { state: 'present', live: objects[key] } : { state: 'absent' }),
      pruneHolds: [],
      deletionConsents: new Set(),
      deletionGuard: { maxPercent: 100, maxObjects: 100 },
      isBackingOff: () => false,
      ...input,
    },
    entries,
  );
  return [
    ...decisions.deletions.map((it) => `delete ${it.id} uid ${it.uid}`),
    ...decisions.forgets.map((it) => `forget ${it.id}: ${it.reason}`),
    ...decisions.skips.map((it) => `keep ${it.id}: ${it.reason}${it.detail ? `, ${it.detail}` : ''}`),
  ];
}

const gone = ['delete /ConfigMap/shop/a uid uid-a'];
const kept = (why: string) => [`keep /ConfigMap/shop/a: ${why}`];
const forgotten = (why: string) => [`forget /ConfigMap/shop/a: ${why}`];

describe('what left its bundle (invariant 4)', () => {
  it('is deleted', () => expect(decided({})).toEqual(gone));

  it('is kept and remembered where nothing is pruned, and deleted once something is', () => {
    expect(decided({ policy: { prune: false } })).toEqual(kept('orphaned'));
    expect(decided({ policy: {} })).toEqual(gone);
  });

  it('is kept where nothing is pruned, whatever is consented to: the bundle can say otherwise', () => {
    const input = { deletionConsents: new Set(['web']) };
    expect(decided({ policy: { prune: false }, input })).toEqual(kept('orphaned'));
  });

  it('stays if it was there before, unless such are pruned as well', () => {
    const entries = [owns('a', { adopted: true })];
    expect(decided({ entries })).toEqual(forgotten('adopted-kept'));
    expect(decided({ entries, policy: { adopted: 'Prune' } })).toEqual(gone);
    expect(decided({ entries, policy: { adopted: 'Prune', prune: false } })).toEqual(kept('orphaned'));
  });

  it('stays if it says so itself, also where adopted objects are pruned', () => {
    const live = { [id('a')]: lives('a', { neverPrune: true }) };
    expect(decided({ live })).toEqual(forgotten('never-prune'));
    const entries = [owns('a', { adopted: true })];
    expect(decided({ live, entries, policy: { adopted: 'Prune' } })).toEqual(forgotten('never-prune'));
  });

  it('stays if another controller has taken it on', () => {
    const live = { [id('a')]: lives('a', { controller: 'ReplicaSet/web' }) };
    expect(decided({ live })).toEqual(forgotten('not-ours-alone'));
  });

  it('stays if it is wanted under another name, by which the same object is served', () => {
    const live = { [id('a')]: lives('a'), [id('other')]: lives('other', { uid: 'uid-a' }) };
    expect(decided({ live })).toEqual(forgotten('not-ours-alone'));
  });

  it('stays if it is not the object that the inventory knows, or bears the marks of another fleet', () => {
    expect(decided({ live: { [id('a')]: lives('a', { uid: 'another' }) } })).toEqual(
      forgotten('uid-differs'),
    );
    expect(decided({ live: { [id('a')]: lives('a', { fleet: 'f2' }) } })).toEqual(
      forgotten('owned-by-other'),
    );
  });

  it('is not deleted twice while it goes, and who holds it is told, with the time since when', () => {
    const termination = { since: '2026-11-21T12:00:00Z', finalizers: ['example.com/a', 'example.com/b'] };
    const live = { [id('a')]: lives('a', { terminating: true, termination }) };
    expect(decided({ live })).toEqual(
      kept(
        'terminating, its deletion began at 2026-11-21T12:00:00Z; held by the finalizers example.com/a, example.com/b',
      ),
    );
    const unheld = {
      [id('a')]: lives('a', { terminating: true, termination: { ...termination, finalizers: [] } }),
    };
    expect(decided({ live: unheld })).toEqual(
      kept('terminating, its deletion began at 2026-11-21T12:00:00Z'),
    );
  });
});

describe('what a bundle leaves behind that left the cluster (invariant 4)', () => {
  it('is deleted', () => expect(decided({ left: {} })).toEqual(gone));

  it('is let go where it is to stay, though it could be deleted', () => {
    expect(decided({ left: { policy: { onRemoval: 'Orphan' } } })).toEqual(forgotten('left-behind'));
  });

  it('is deleted while the bundle is assigned, whatever becomes of it on removal', () => {
    expect(decided({ policy: { onRemoval: 'Orphan' } })).toEqual(gone);
  });

  it('is kept where the bundle pruned nothing, until a person says otherwise, for the bundle cannot', () => {
    const left = { policy: { prune: false } } as const;
    expect(decided({ left })).toEqual(kept('orphaned'));
    expect(decided({ left, input: { deletionConsents: new Set(['web']) } })).toEqual(gone);
    expect(decided({ left, input: { deletionConsents: new Set(['api']) } })).toEqual(kept('orphaned'));
  });

  it('rests while the bundle is paused, let go or not, so that it can come back to its own', () => {
    expect(decided({ left: { paused: true } })).toEqual(kept('paused'));
    expect(decided({ left: { paused: true, policy: { onRemoval: 'Orphan' } } })).toEqual(kept('paused'));
    expect(decided({ left: {}, input: { paused: true } })).toEqual(kept('paused'));
  });

  it('is held, let go or not, while a bundle that may want it has no rendering', () => {
    const input = { pruneHolds: [{ bundle: 'api', reason: 'it does not render' }] };
    for (const onRemoval of [undefined, 'Orphan'] as const)
      expect(decided({ left: { policy: { ...(onRemoval && { onRemoval }) } }, input })).toEqual(
        kept('prune-held, it does not render'),
      );
  });

  it('does not count as a deletion where it stays: no guard waits for it', () => {
    const entries = Array.from({ length: 20 }, (_, n) => owns(`o${n}`));
    const live = Object.fromEntries(entries.map(({ id: key }, n) => [key, lives(`o${n}`)]));
    const input = { deletionGuard: { maxPercent: 1, maxObjects: 1 }, desired: [] };
    const all = decided({ entries, live, left: { policy: { onRemoval: 'Orphan' } }, input });
    expect(new Set(all.map((it) => it.split(': ')[1]))).toEqual(new Set(['left-behind']));
  });
});
