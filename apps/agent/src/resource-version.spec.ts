import { describe, expect, it } from 'vitest';
import { isOlder } from './resource-version.ts';

describe('resourceVersions', () => {
  it('are ordered as numbers', () => {
    expect(isOlder('9', '10')).toBe(true);
    expect(isOlder('10', '9')).toBe(false);
    expect(isOlder('10', '10')).toBe(false);
  });

  it('that are no numbers say nothing', () => {
    expect(isOlder('a', 'bb')).toBe(false);
    expect(isOlder('', '10')).toBe(false);
  });
});
