import type { InventoryEntry } from '@muster/apply-plan';
import { objectId } from '@muster/manifest';
import { describe, expect, it } from 'vitest';
import type { WantedObject } from '../core/bundles.ts';
import { adoptedWarning } from './adopted.ts';

const idOf = (name: string) => objectId({ group: '', kind: 'ConfigMap', namespace: 'shop', name });
const wanted = (name: string): WantedObject => ({
  digest: 'sha256:aa',
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  name,
  ownNamespace: 'shop',
  id: idOf(name),
  resource: undefined,
});
const entry = (name: string, adopted: boolean, bundle = 'shop'): [string, InventoryEntry] => [
  idOf(name),
  { id: idOf(name), bundle, apiVersion: 'v1', state: 'owned', adopted },
];
const told = (entries: readonly (readonly [string, InventoryEntry])[], policy = {}) =>
  adoptedWarning(
    { bundle: 'shop', policy, objects: entries.map(([id]) => wanted(id.split('/').at(-1)!)) },
    new Map(entries),
  );

describe('objects that were there before', () => {
  it('are named to their bundle, a few of them', () => {
    expect(told([entry('a', true), entry('b', false)])).toEqual([
      'ConfigMap shop/a was there before Muster, and stays when it leaves the bundle',
    ]);
    expect(told(['a', 'b', 'c', 'd', 'e'].map((name) => entry(name, true)))).toEqual([
      'ConfigMap shop/a, ConfigMap shop/b, ConfigMap shop/c and 2 more were there before Muster, and stay when they leave the bundle',
    ]);
  });

  it('are nothing to tell of where they go with the others, or are another bundle’s', () => {
    expect(told([entry('a', true)], { adopted: 'Prune' })).toEqual([]);
    expect(told([entry('a', true, 'other')])).toEqual([]);
  });
});
