import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { printData } from './format.ts';

const hostile = { name: 'a\u009b2Jb', 'k\u202ey': ['\u007f', 'plain', 1], big: 'two\nlines\u2066' };

test.each(['json', 'yaml'] as const)('%s moves no cursor, and means the same', async (format) => {
  const text = await printData(hostile, format);
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  expect(format === 'json' ? JSON.parse(text) : parse(text)).toEqual(hostile);
});

test('YAML is plain where nothing needs an escape', async () => {
  expect(await printData({ name: 'a' }, 'yaml')).toBe('name: a\n');
});
