import type { LabelSelector } from '@muster/fleet-model';
import { describe, expect, test } from 'vitest';
import { matches } from './selector.ts';

describe('a selector', () => {
  const labels = { env: 'production', region: 'eu', empty: '' };
  test.each<[string, LabelSelector, boolean]>([
    ['{} matches all', {}, true],
    ['all of matchLabels must be there', { matchLabels: { env: 'production', region: 'eu' } }, true],
    [
      'one of matchLabels that differs is enough',
      { matchLabels: { env: 'production', region: 'us' } },
      false,
    ],
    [
      'In holds for any of the values',
      { matchExpressions: [{ key: 'region', operator: 'In', values: ['us', 'eu'] }] },
      true,
    ],
    [
      'In fails where the label is missing',
      { matchExpressions: [{ key: 'x', operator: 'In', values: [''] }] },
      false,
    ],
    ['In finds an empty value', { matchExpressions: [{ key: 'empty', operator: 'In', values: [''] }] }, true],
    [
      'NotIn holds where the label is missing',
      { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['a'] }] },
      true,
    ],
    [
      'NotIn fails for one of the values',
      { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['production'] }] },
      false,
    ],
    ['Exists holds for an empty value', { matchExpressions: [{ key: 'empty', operator: 'Exists' }] }, true],
    [
      'DoesNotExist fails for an empty value',
      { matchExpressions: [{ key: 'empty', operator: 'DoesNotExist' }] },
      false,
    ],
    [
      "a label that JavaScript's objects have anyway isn't there",
      { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
      false,
    ],
  ])('%s', (_, selector, expected) => {
    expect(matches(selector, labels)).toBe(expected);
  });

  test('that is absent matches none', () => {
    expect(matches(undefined, labels)).toBe(false);
  });
});
