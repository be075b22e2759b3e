import { encodePolicy } from '@muster/manifest';
import type { Policy } from '@muster/manifest';
import { describe, expect, test } from 'vitest';
import type { HeadContent } from '../state/cluster-state.ts';
import { leavingPolicies, leavingRecords } from './leaving.ts';
import type { Before } from './leaving.ts';

const record = (bundle: string, policy: Policy) => ({
  bundle,
  policy: Buffer.from(encodePolicy(policy)).toString('base64'),
});
const content = (leaving?: HeadContent['leaving']): HeadContent => ({
  fleet: 'f',
  epoch: '1',
  generation: '1',
  desired: undefined,
  kept: [],
  ...(leaving && { leaving }),
});
const target = (policies: Record<string, Policy>, leaving?: HeadContent['leaving']): Before['target'] => ({
  content: content(leaving),
  bundles: Object.entries(policies).map(
    ([bundle, policy]) => ({ bundle, assignment: { policy: encodePolicy(policy) } }) as never,
  ),
});
const owned = (...bundles: string[]) => new Set(bundles);

describe('what a bundle said that left', () => {
  test('is what it said last, and of those that are assigned there is nothing to keep', () => {
    const before = {
      content: content(),
      target: target({ shop: { onRemoval: 'Orphan' }, cart: {} }),
      ownedBundles: owned('shop', 'cart'),
    };
    expect(leavingRecords(new Set(['cart']), before)).toEqual([record('shop', { onRemoval: 'Orphan' })]);
  });

  test('is kept from state to state as long as anything of it remains, and no longer', () => {
    const leaving = [record('old', { prune: false }), record('older', {})];
    const before = { content: content(leaving), target: target({}, leaving), ownedBundles: owned('old') };
    expect(leavingRecords(new Set(), before)).toEqual([record('old', { prune: false })]);
  });

  test('is known after a restart from the head alone, and heads of former agents have none of it', () => {
    const before = { target: undefined, ownedBundles: owned('old') };
    const leaving = [record('old', { prune: false })];
    expect(leavingRecords(new Set(), { ...before, content: content(leaving) })).toEqual(leaving);
    expect(leavingRecords(new Set(), { ...before, content: content() })).toEqual([]);
    expect(leavingRecords(new Set(), { ...before, content: undefined })).toEqual([]);
  });

  test('is that of the state which was worked towards, though the head does not have it yet', () => {
    const before = {
      content: content([record('shop', { prune: false })]),
      target: target({ shop: { onRemoval: 'Orphan' } }),
      ownedBundles: owned(),
    };
    expect(leavingRecords(new Set(), before)).toEqual([record('shop', { onRemoval: 'Orphan' })]);
  });

  test('goes once the bundle is back', () => {
    const before = {
      content: content([record('shop', { prune: false })]),
      target: target({}),
      ownedBundles: owned('shop'),
    };
    expect(leavingRecords(new Set(['shop']), before)).toEqual([]);
  });

  test('and cannot be read means that all stays', () => {
    const unreadable = {
      bundle: 'odd',
      policy: Buffer.from('{"drift":"Shout","version":1}').toString('base64'),
    };
    expect(leavingPolicies([record('shop', { adopted: 'Prune' }), unreadable])).toEqual(
      new Map([
        ['shop', { adopted: 'Prune' }],
        ['odd', { prune: false }],
      ]),
    );
  });
});
