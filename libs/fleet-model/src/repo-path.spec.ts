import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveInRepo } from './repo-path.ts';

describe('a path in a fleet file', () => {
  test.each([
    ['apps/checkout/muster.yaml', './manifests', 'apps/checkout/manifests'],
    ['apps/checkout/muster.yaml', '../shared//base/', 'apps/shared/base'],
    ['apps/checkout/muster.yaml', '.', 'apps/checkout'],
    ['muster.yaml', '.', ''],
    ['muster.yaml', 'a/../b', 'b'],
  ])('of %s that says %s is %j', (file, path, expected) => {
    expect(resolveInRepo(file, path)).toEqual({ kind: 'inside', path: expected });
  });

  test.each([
    ['apps/muster.yaml', '../../etc', 'leaves the repo'],
    ['muster.yaml', 'a/../../b', 'leaves the repo'],
    ['muster.yaml', '/etc/passwd', 'is absolute'],
    ['muster.yaml', 'a\\..\\b', 'has a backslash'],
    ['muster.yaml', '', 'is empty'],
    ['muster.yaml', 'a\0b', 'has a control character'],
  ])('of %s that says %j is refused, for it %s', (file, path, message) => {
    expect(resolveInRepo(file, path)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(message) as string,
    });
  });

  test('never names anything with a dotted part', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'b'), fc.string());
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (folders, parts) => {
        const result = resolveInRepo(
          [...folders.filter((it) => it === 'a'), 'muster.yaml'].join('/'),
          parts.join('/'),
        );
        if (result.kind === 'inside') expect(result.path.split('/')).not.toContain('..');
      }),
    );
  });
});
