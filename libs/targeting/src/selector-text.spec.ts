import { parseLabelSelector } from '@muster/fleet-model';
import type { LabelSelectorRequirement } from '@muster/fleet-model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printLabelSelector } from './selector-text.ts';

describe("kubectl's selector syntax", () => {
  test.each<[string, LabelSelectorRequirement[]]>([
    ['env=production', [{ key: 'env', operator: 'In', values: ['production'] }]],
    ['env == production', [{ key: 'env', operator: 'In', values: ['production'] }]],
    [
      'env!=dev,tier',
      [
        { key: 'env', operator: 'NotIn', values: ['dev'] },
        { key: 'tier', operator: 'Exists' },
      ],
    ],
    ['!frozen', [{ key: 'frozen', operator: 'DoesNotExist' }]],
    [
      'region in (eu, us) , env notin (dev)',
      [
        { key: 'region', operator: 'In', values: ['eu', 'us'] },
        { key: 'env', operator: 'NotIn', values: ['dev'] },
      ],
    ],
    ['app.kubernetes.io/part-of=', [{ key: 'app.kubernetes.io/part-of', operator: 'In', values: [''] }]],
    ['in in (in,notin)', [{ key: 'in', operator: 'In', values: ['in', 'notin'] }]],
    ['a in (,)', [{ key: 'a', operator: 'In', values: ['', ''] }]],
  ])('reads %j', (text, matchExpressions) => {
    expect(parseLabelSelector(text)).toEqual({ kind: 'parsed', selector: { matchExpressions } });
  });

  test.each(['', '  '])('%j matches all', (text) => {
    expect(parseLabelSelector(text)).toEqual({ kind: 'parsed', selector: {} });
  });

  test.each([
    ['env=a b', 'a comma is expected, not "b"'],
    ['env=dev,', 'it ends in a comma'],
    [',', 'a label\'s key is expected, not ","'],
    ['env in a', '"env in (a,b)"'],
    ['env in (a', '"," or ")" is expected after a value of "env", not the end'],
    ['a>1', 'not ">"'],
    ['-a=b', '"-a" is not a label\'s key'],
    ['a=ä', '"ä" is not a label\'s value'],
    ['!a=b', 'a comma is expected, not "="'],
  ])('refuses %j, for %s', (text, message) => {
    expect(parseLabelSelector(text)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(message) as string,
    });
  });

  test('reads what it prints', () => {
    const word = fc.stringMatching(/^[a-z]{1,3}$/);
    const values = fc.array(word, { minLength: 1, maxLength: 3 });
    const requirement = fc.oneof(
      fc.record({ key: word, operator: fc.constantFrom('In' as const, 'NotIn' as const), values }),
      fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
    );
    fc.assert(
      fc.property(fc.array(requirement, { minLength: 1, maxLength: 4 }), (matchExpressions) => {
        const selector = { matchExpressions };
        expect(parseLabelSelector(printLabelSelector(selector))).toEqual({ kind: 'parsed', selector });
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLabelSelector(text)));
  });
});
