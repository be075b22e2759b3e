import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatches, globProblem } from './glob.ts';

describe('a glob', () => {
  test.each([
    ['**/*.yaml', 'deployment.yaml', true],
    ['**/*.yaml', 'base/deep/deployment.yaml', true],
    ['*.yaml', 'base/deployment.yaml', false],
    ['base/**', 'base/deep/a.json', true],
    ['base/**', 'other/a.json', false],
    ['**', 'anything/at/all', true],
    ['**/base/**/*.yaml', 'a/base/b/base/c.yaml', true],
    ['a?.yaml', 'ab.yaml', true],
    ['a?.yaml', 'a.yaml', false],
    ['*a*b', 'xaxaxb', true],
    ['*.yaml', 'Deployment.yml', false],
  ])('%s and %s: %s', (glob, path, matches) => {
    expect(globMatches(glob, path)).toBe(matches);
  });

  test('made to be slow is not', () => {
    const glob = `**/${'*a'.repeat(200)}b`;
    expect(globMatches(glob, `${'x/'.repeat(200)}${'a'.repeat(5000)}`)).toBe(false);
  });

  test.each([
    ['', 'is empty'],
    ['/a.yaml', 'is absolute'],
    ['../*.yaml', 'has the part ".."'],
    ['{a,b}.yaml', 'has "{"'],
    ['[ab].yaml', 'has "["'],
    ['**.yaml', '"**" must stand alone'],
    ['a//b', 'has the part ""'],
    ['a\0.yaml', 'has a control character'],
    ['a\ud800.yaml', 'has a control character'],
  ])('%j is refused, for it %s', (glob, message) => {
    expect(globProblem(glob)).toContain(message);
  });

  test('matches what the regular expression of the same meaning matches', () => {
    const name = fc.stringMatching(/^[ab]{1,4}$/);
    const part = fc.stringMatching(/^[ab*?]{1,4}$/).filter((it) => !it.includes('**'));
    const glob = fc.array(fc.oneof(part, fc.constant('**')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(glob, fc.array(name, { minLength: 1, maxLength: 4 }), (parts, names) => {
        expect(globMatches(parts.join('/'), names.join('/'))).toBe(naive(parts, names));
      }),
    );
  });
});

function naive([part, ...parts]: string[], names: string[]): boolean {
  if (part === undefined) return names.length === 0;
  if (part === '**')
    return names.length === 0
      ? naive(parts, [])
      : naive(parts, names) || naive([part, ...parts], names.slice(1));
  const pattern = new RegExp(`^${part.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return names.length > 0 && pattern.test(names[0]!) && naive(parts, names.slice(1));
}
