import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../json/value.ts';
import { deploymentSchema, serviceSchema } from '../testing/schemas.ts';
import { jsonPatched } from './json-patch.ts';
import { mergePatched } from './merge-patch.ts';
import { strategicMerged } from './strategic-merge.ts';

describe('a JSON merge patch', () => {
  it.each<{ target: Json; patch: Json; gives: Json; so: string }>([
    { target: { a: 'b' }, patch: { a: 'c' }, gives: { a: 'c' }, so: 'replaces a value' },
    { target: { a: 'b', c: 'd' }, patch: { a: null }, gives: { c: 'd' }, so: 'removes by null' },
    {
      target: { a: { b: 'c' } },
      patch: { a: { d: 'e' } },
      gives: { a: { b: 'c', d: 'e' } },
      so: 'goes into objects',
    },
    { target: { a: [1, 2] }, patch: { a: [3] }, gives: { a: [3] }, so: 'takes a list whole' },
    {
      target: { a: 'b' },
      patch: { a: { c: null } },
      gives: { a: {} },
      so: 'makes an object without its nulls',
    },
  ])('$so', ({ target, patch, gives }) => {
    expect(mergePatched(target, patch)).toEqual(gives);
  });
});

describe('a JSON patch', () => {
  it.each<{ document: Json; patch: Json; gives: Json; so: string }>([
    {
      document: { a: 1 },
      patch: [{ op: 'add', path: '/b', value: 2 }],
      gives: { a: 1, b: 2 },
      so: 'adds a field',
    },
    {
      document: [1, 3],
      patch: [{ op: 'add', path: '/1', value: 2 }],
      gives: [1, 2, 3],
      so: 'adds an item before another',
    },
    {
      document: [1],
      patch: [{ op: 'add', path: '/-', value: 2 }],
      gives: [1, 2],
      so: 'adds an item at the end',
    },
    { document: { a: 1, b: 2 }, patch: [{ op: 'remove', path: '/a' }], gives: { b: 2 }, so: 'removes' },
    { document: { a: 1 }, patch: [{ op: 'move', from: '/a', path: '/b' }], gives: { b: 1 }, so: 'moves' },
    {
      document: { a: 1 },
      patch: [{ op: 'copy', from: '/a', path: '/b' }],
      gives: { a: 1, b: 1 },
      so: 'copies',
    },
    {
      document: { 'a/b~c': 1 },
      patch: [{ op: 'replace', path: '/a~1b~0c', value: 2 }],
      gives: { 'a/b~c': 2 },
      so: 'reads escapes',
    },
    {
      document: { a: 1 },
      patch: [{ op: 'test', path: '/a', value: 1 }],
      gives: { a: 1 },
      so: 'passes a test',
    },
  ])('$so', ({ document, patch, gives }) => {
    expect(jsonPatched(document, patch)).toEqual(gives);
  });

  it.each<{ patch: Json; so: string }>([
    { patch: [{ op: 'test', path: '/a', value: 2 }], so: 'a test that fails' },
    { patch: [{ op: 'remove', path: '/missing' }], so: 'a path to nothing' },
  ])('is refused whole for $so', ({ patch }) => {
    expect(() => jsonPatched({ a: 1 }, patch)).toThrow(expect.objectContaining({ code: 422 }));
  });
});

const containers = (...items: readonly JsonObject[]): JsonObject => ({
  spec: { template: { spec: { containers: items } } },
});

describe('a strategic merge patch', () => {
  it('changes one container by its name', () => {
    expect(
      strategicMerged(
        containers({ name: 'a', image: '1' }, { name: 'b', image: '1' }),
        containers({ name: 'b', image: '2' }),
        deploymentSchema,
      ),
    ).toEqual(containers({ name: 'a', image: '1' }, { name: 'b', image: '2' }));
  });

  it('deletes an item that it marks', () => {
    const patch = containers({ name: 'a', $patch: 'delete' });
    expect(strategicMerged(containers({ name: 'a' }, { name: 'b' }), patch, deploymentSchema)).toEqual(
      containers({ name: 'b' }),
    );
  });

  it('orders a list as it says, as kubectl apply does', () => {
    const patch = {
      spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } } },
    };
    expect(strategicMerged(containers({ name: 'a' }, { name: 'b' }), patch, deploymentSchema)).toEqual(
      containers({ name: 'b' }, { name: 'a' }),
    );
  });

  it('merges a Service’s ports by their number alone', () => {
    const live = { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } };
    expect(
      strategicMerged(live, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }, serviceSchema),
    ).toEqual({
      spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
    });
  });

  it('retains only the keys of a strategy that it names', () => {
    const live = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(strategicMerged(live, patch, deploymentSchema)).toEqual({
      spec: { strategy: { type: 'Recreate' } },
    });
  });

  it('takes values out of a list of plain values', () => {
    const live = { metadata: { finalizers: ['a.io/x', 'b.io/y'] } };
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a.io/x'] } };
    expect(strategicMerged(live, patch, deploymentSchema)).toEqual({ metadata: { finalizers: ['b.io/y'] } });
  });
});
