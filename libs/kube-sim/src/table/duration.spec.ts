import { expect, it } from 'vitest';
import { humanDuration } from './duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

it.each([
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute + 5 * second, '2m5s'],
  [10 * minute, '10m'],
  [3 * hour + 20 * minute, '3h20m'],
  [9 * hour, '9h'],
  [2 * day + 3 * hour, '2d3h'],
  [100 * day, '100d'],
  [800 * day, '2y70d'],
])('%d ms are printed as kubectl does: %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});
