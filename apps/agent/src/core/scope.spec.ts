import type { Resource } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { Scope } from './scope.ts';

const resource = (plural: string, namespaced: boolean): Resource => ({
  group: '',
  version: 'v1',
  kind: plural,
  plural,
  namespaced,
  verbs: [],
});
const both = new Map([
  ['/configmaps', resource('configmaps', true)],
  ['/nodes', resource('nodes', false)],
]);

describe('where the agent looks', () => {
  it('is everywhere, by one watch a kind, unless it is told otherwise', () => {
    const scope = new Scope();
    expect([...scope.placesOf(both).values()].map((place) => place.namespace)).toEqual([
      undefined,
      undefined,
    ]);
    expect(scope.whyNot('/ConfigMap/anywhere/a')).toBeUndefined();
  });

  it('is the namespaces that it was told of, and the whole cluster for what is in none', () => {
    const scope = new Scope(['shop', 'pay']);
    expect([...scope.placesOf(both).keys()]).toEqual(['/configmaps in shop', '/configmaps in pay', '/nodes']);
    expect(scope.whyNot('/ConfigMap/shop/a')).toBeUndefined();
    expect(scope.whyNot('/Node//a')).toBeUndefined();
    expect(scope.whyNot('/ConfigMap/other/a')).toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining('shop, pay only') as string,
    });
  });
});
