import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileRule } from '../rules/compile.ts';
import { table } from './index.ts';

describe('the table of rules', () => {
  it('is data, with no code in it', () => {
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it('compiles', () => {
    const problems = table.flatMap(({ groups, rules }) =>
      rules.flatMap((rule) =>
        compileRule(rule).problems.map((problem) => ({ group: groups[0], ...problem })),
      ),
    );
    expect(problems).toEqual([]);
  });

  it('has one rule for a kind', () => {
    const kinds = table.flatMap(({ groups, rules: all }) =>
      groups.flatMap((group) => all.flatMap((rule) => rule.kinds.map((kind) => `${group}/${kind}`))),
    );
    expect(kinds.filter((kind, index) => kinds.indexOf(kind) !== index)).toEqual([]);
  });

  it('is what the documentation says that it covers', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/health.md'), 'utf8');
    const missing = table.flatMap(({ groups }) => groups).filter((group) => !page.includes(`\`${group}\``));
    expect(missing).toEqual([]);
  });
});
