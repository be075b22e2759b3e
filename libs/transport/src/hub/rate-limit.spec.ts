import { describe, expect, it } from 'vitest';
import { RateLimit, rateLimitKey } from './rate-limit.ts';

describe('RateLimit', () => {
  it('lets a burst pass, then what the minute refills', () => {
    let now = 0;
    const limit = new RateLimit(2, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    now += 30_000;
    expect([limit.take('a'), limit.take('a')]).toEqual([true, false]);
  });

  it('does not count what is given back', () => {
    const limit = new RateLimit(1, () => 0);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(limit.take('a')).toBe(true);
      limit.giveBack('a');
    }
  });

  it('counts an IPv6 site as one', () => {
    expect(rateLimitKey('2001:db8:1:2:3:4:5:6:443')).toBe(rateLimitKey('2001:db8:1:2:ffff::1:443'));
    expect(rateLimitKey('::ffff:10.0.0.1:443')).not.toBe(rateLimitKey('::ffff:10.0.0.2:443'));
    expect(rateLimitKey('10.0.0.1:443')).toBe('10.0.0.1');
  });
});
