import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../json/value.ts';
import { deploymentSchema, configMapSchema, serviceSchema } from '../testing/schemas.ts';
import { compare } from './compare.ts';
import { pathsOf, type FieldSet } from './field-set.ts';
import { merge } from './merge.ts';

const withContainers = (...containers: readonly Json[]): JsonObject => ({
  spec: { template: { spec: { containers } } },
});
const namesOf = (value: Json | undefined): unknown =>
  (
    value as { spec: { template: { spec: { containers: { name: string }[] } } } }
  ).spec.template.spec.containers.map(({ name }) => name);
const named = (...names: readonly string[]): JsonObject => withContainers(...names.map((name) => ({ name })));
const texts = (set: FieldSet): string[] => [...pathsOf(set)].map((one) => one.join(' '));

describe('merging', () => {
  it.each([
    { live: ['a', 'b', 'c'], applied: ['b'], gives: ['a', 'b', 'c'], so: 'an item keeps its place' },
    { live: ['a'], applied: ['b'], gives: ['a', 'b'], so: 'a new item comes last' },
    { live: ['a', 'b'], applied: ['b', 'a'], gives: ['b', 'a'], so: 'the applied order wins' },
    {
      live: ['a', 'x', 'b'],
      applied: ['b', 'a'],
      gives: ['x', 'b', 'a'],
      so: 'what only lives stays before the next shared item',
    },
    {
      live: ['a', 'b'],
      applied: ['a', 'n', 'b'],
      gives: ['a', 'n', 'b'],
      so: 'a new item comes between those it was applied between',
    },
  ])('of a list of containers: $so', ({ live, applied, gives }) => {
    expect(namesOf(merge(named(...live), named(...applied), deploymentSchema))).toEqual(gives);
  });

  it('tells ports apart by number and protocol, which is TCP if it isn’t said', () => {
    const live = withContainers({ name: 'a', ports: [{ containerPort: 53, protocol: 'TCP' }] });
    const applied = withContainers({
      name: 'a',
      ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }],
    });
    expect(merge(live, applied, deploymentSchema)).toEqual(
      withContainers({
        name: 'a',
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      }),
    );
  });

  it('takes an atomic list whole', () => {
    const live = withContainers({ name: 'a', args: ['--one', '--two'] });
    const applied = withContainers({ name: 'a', args: ['--three'] });
    expect(merge(live, applied, deploymentSchema)).toEqual(applied);
  });

  it('takes an atomic map whole: a Service selects by what was applied last', () => {
    const merged = merge(
      { spec: { selector: { app: 'old' } } },
      { spec: { selector: { tier: 'web' } } },
      serviceSchema,
    );
    expect(merged).toEqual({ spec: { selector: { tier: 'web' } } });
  });

  it('joins sets', () => {
    const merged = merge(
      { metadata: { finalizers: ['a.io/x'] } },
      { metadata: { finalizers: ['b.io/y', 'a.io/x'] } },
      configMapSchema,
    );
    expect(merged).toEqual({ metadata: { finalizers: ['b.io/y', 'a.io/x'] } });
  });
});

describe('comparing', () => {
  it('names every path that is new, changed or gone', () => {
    const before = { data: { kept: '1', changed: '1', gone: '1' } };
    const after = { data: { kept: '1', changed: '2', added: '1' } };
    const { added, modified, removed } = compare(before, after, configMapSchema);
    expect([texts(added), texts(modified), texts(removed)]).toEqual([
      ['f:data f:added'],
      ['f:data f:changed'],
      ['f:data f:gone'],
    ]);
  });

  it('adds a map together with its first entry', () => {
    expect(texts(compare({}, { data: { a: '1' } }, configMapSchema).added)).toEqual(['f:data', 'f:data f:a']);
  });
});
