import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../table/index.ts';
import { compileExpression, scopeOf } from './expressions.ts';
import { hasAll } from './needed-fields.ts';

const needs = (expression: string): string[] => {
  const compiled = compileExpression(expression, 'bool');
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return compiled.needs.map((path) => path.join('.'));
};

const expressions = table.flatMap(({ rules }) =>
  rules.flatMap(({ suspended, checks = [] }) => [
    ...(suspended ? [suspended] : []),
    ...checks.map(({ when }) => when),
  ]),
);

/** Fields that the table's expressions name, so that random statuses have some of them. */
const fields = [...new Set(expressions.flatMap((text) => text.match(/(?<=\.\??)[a-zA-Z]+\b(?!\()/g) ?? []))];

describe('the fields that an expression needs', () => {
  it.each([
    ['status.a.b == 1', ['status.a.b']],
    ['status.a >= spec.b', ['status.a', 'spec.b']],
    ["spec.labels['x/y'] == 'z'", ['spec.labels.x/y']],
    ['has(status.a) && status.b == 1', ['status.a', 'status.b']],
    ['status.list.exists(i, i.a == status.b)', ['status.list']],
    ['conditions.of(status.part).isTrue("Ready")', ['status.part']],
    ['status.a == 1 || status.a == 2', ['status.a']],
  ])('are those of %s', (expression, paths) => {
    expect(needs(expression)).toEqual(paths);
  });

  it.each([
    '!has(status.a)',
    'has(status.a) == false',
    'status.a == 1 || status.b == 1',
    '!(status.a == 1 && status.b == 1)',
    "status.?a.orValue('') == ''",
    'conditions.isTrue("Ready")',
  ])('are none of %s', (expression) => {
    expect(needs(expression)).toEqual([]);
  });

  it('are never missing where an expression of the table holds', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 0, 1, '', 'Running', 'True', 'Paused'),
        fc.array(tie('any'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 8 }),
      ),
    })).any;
    const map = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...expressions), map, map, map, (expression, metadata, spec, status) => {
        const scope = scopeOf({ kind: 'Widget', metadata, spec, status });
        const compiled = compileExpression(expression, 'bool');
        if (!compiled.ok || hasAll(scope, compiled.needs)) return;
        expect(
          holds(() => compiled.evaluate(scope)),
          expression,
        ).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

function holds(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true;
  } catch {
    return false;
  }
}
