import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  emptySet,
  intersection,
  isEmpty,
  pathsOf,
  recursiveDifference,
  setOf,
  setsEqual,
  union,
  type FieldSet,
} from './field-set.ts';
import { fieldsV1Of, setOfFieldsV1 } from './fields-v1.ts';

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"'), {
  minLength: 1,
  maxLength: 3,
});
const fieldSet = fc.array(path, { maxLength: 8 }).map((paths) => setOf(...paths));
const texts = (set: FieldSet): string[] => [...pathsOf(set)].map((one) => one.join(' ')).sort();

describe('a set of fields', () => {
  it('is what its paths are, by every operation', () => {
    fc.assert(
      fc.property(fieldSet, fieldSet, (a, b) => {
        const [as, bs] = [new Set(texts(a)), new Set(texts(b))];
        expect(texts(union(a, b))).toEqual([...new Set([...as, ...bs])].sort());
        expect(texts(intersection(a, b))).toEqual([...as].filter((one) => bs.has(one)).sort());
        expect(texts(difference(a, b))).toEqual([...as].filter((one) => !bs.has(one)).sort());
      }),
    );
  });

  it('comes back from its FieldsV1 form', () => {
    fc.assert(fc.property(fieldSet, (set) => setsEqual(setOfFieldsV1(fieldsV1Of(set)), set)));
  });

  it('has no branch that ends in nothing', () => {
    const branchesEnd = (set: FieldSet): boolean =>
      [...set.children.values()].every((child) => !isEmpty(child) && branchesEnd(child));
    fc.assert(
      fc.property(fieldSet, fieldSet, (a, b) =>
        [union(a, b), difference(a, b), intersection(a, b), recursiveDifference(a, b)].every(branchesEnd),
      ),
    );
  });

  it('loses what lies under a path only by the recursive difference', () => {
    const set = setOf(['f:status', 'f:ready'], ['f:spec']);
    expect(texts(difference(set, setOf(['f:status'])))).toEqual(['f:spec', 'f:status f:ready']);
    expect(texts(recursiveDifference(set, setOf(['f:status'])))).toEqual(['f:spec']);
  });

  it('shows a path that is a member and leads on with a dot', () => {
    expect(fieldsV1Of(setOf(['f:labels'], ['f:labels', 'f:app']))).toEqual({
      'f:labels': { '.': {}, 'f:app': {} },
    });
  });

  it('sorts fields before keys before values', () => {
    const set = setOf(['v:"a"'], ['k:{"name":"b"}'], ['f:c']);
    expect(Object.keys(fieldsV1Of(set))).toEqual(['f:c', 'k:{"name":"b"}', 'v:"a"']);
  });

  it('reads the keys of an item in any order', () => {
    expect(texts(setOfFieldsV1({ 'k:{"protocol":"TCP","containerPort":80}': {} }))).toEqual([
      'k:{"containerPort":80,"protocol":"TCP"}',
    ]);
  });

  it('is empty for no fields at all', () => {
    expect(setOfFieldsV1(undefined)).toBe(emptySet);
    expect(setOfFieldsV1({})).toBe(emptySet);
  });
});
