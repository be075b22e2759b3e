import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['250ms', 250],
  ['30', 30_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text, '--timeout')).toBe(ms);
});

test.each(['', 'soon', '5 m', '-5m', '1.5h'])('%j is no duration', (text) => {
  expect(() => parseDuration(text, '--timeout')).toThrow('--timeout must be a duration');
});
