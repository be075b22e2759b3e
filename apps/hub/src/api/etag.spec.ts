import { describe, expect, it } from 'vitest';
import { entityTag, matchesTag } from './etag.ts';

describe('an entity tag', () => {
  it('is the same for the same body and another for another', () => {
    expect(entityTag('{"a":1}')).toBe(entityTag('{"a":1}'));
    expect(entityTag('{"a":1}')).not.toBe(entityTag('{"a":2}'));
  });

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    [undefined, false],
  ])('"a" is matched by If-None-Match %j: %s', (header, expected) => {
    expect(matchesTag(header, '"a"')).toBe(expected);
  });
});
