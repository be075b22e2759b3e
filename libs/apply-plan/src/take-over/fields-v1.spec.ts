import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFields, unionOfFields } from './fields-v1.ts';
import type { FieldsV1 } from './fields-v1.ts';

/** The paths that a set owns: what its leaves and dots stand for. */
function membersOf(fields: FieldsV1, at = ''): string[] {
  return Object.entries(fields).flatMap(([element, below]) => {
    if (element === '.') return [at];
    const path = `${at}/${element}`;
    return Object.keys(below).length === 0 ? [path] : membersOf(below, path);
  });
}
const sorted = (paths: readonly string[]): string[] => [...new Set(paths)].sort();

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"');
const { fields } = fc.letrec<{ fields: FieldsV1; below: FieldsV1 }>((tie) => ({
  fields: fc.dictionary(element, tie('below'), { minKeys: 1, maxKeys: 3 }),
  below: fc.oneof(
    { maxDepth: 3 },
    fc.constant<FieldsV1>({}),
    fc
      .tuple(fc.boolean(), tie('fields'))
      .map(([ownsItself, inner]) => (ownsItself ? { '.': {}, ...inner } : inner)),
  ),
}));

describe('sets of fields', () => {
  it('are united to exactly what either owns', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(sorted(membersOf(unionOfFields(a, b)))).toEqual(sorted([...membersOf(a), ...membersOf(b)]));
      }),
    );
  });

  it('are split without losing or adding a field', () => {
    fc.assert(
      fc.property(fields, fc.array(fc.array(element, { minLength: 1, maxLength: 3 })), (set, paths) => {
        const { inside, outside } = splitFields(set, paths);
        expect(sorted([...membersOf(inside), ...membersOf(outside)])).toEqual(sorted(membersOf(set)));
        const isInside = (member: string): boolean =>
          paths.some((path) => `${member}/`.startsWith(`/${path.join('/')}/`));
        expect(membersOf(inside).every(isInside)).toBe(true);
        expect(membersOf(outside).some(isInside)).toBe(false);
      }),
    );
  });

  it('keep a field itself beside what is below it', () => {
    expect(unionOfFields({ 'f:labels': {} }, { 'f:labels': { 'f:a': {} } })).toEqual({
      'f:labels': { '.': {}, 'f:a': {} },
    });
  });
});
