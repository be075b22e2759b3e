import { expect, test } from 'vitest';
import { parsePostmasterFile } from './postmaster-file.ts';

test('the file of a running server names its process and its socket folder', () => {
  const text = '4711\n/data/db\n1790000000\n5432\n/data/run\n\n  1234567   32768\nready   \n';
  expect(parsePostmasterFile(text)).toEqual({ pid: 4711, socketDir: '/data/run' });
});

test('a server that is starting has no socket yet', () => {
  expect(parsePostmasterFile('4711\n/data/db\n1790000000\n')).toEqual({ pid: 4711, socketDir: '' });
});

test('an empty or torn file names nobody', () => {
  expect(parsePostmasterFile('')).toBeUndefined();
  expect(parsePostmasterFile('abc\n')).toBeUndefined();
});
