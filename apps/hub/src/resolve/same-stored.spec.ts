import { expect, test } from 'vitest';
import { isSameStored } from './same-stored.ts';

test('the order of keys and keys without a value make no difference; order in lists, values and bytes do', () => {
  const row = { name: 'web', spec: { b: 1, a: [{ y: 1, x: undefined }] }, policy: Buffer.from('{}') };
  const read = { policy: Buffer.from('{}'), spec: { a: [{ y: 1 }], b: 1 }, name: 'web', good: undefined };
  expect(isSameStored(row, read)).toBe(true);
  expect(isSameStored(row, { ...read, policy: Buffer.from('[]') })).toBe(false);
  expect(isSameStored(row, { ...read, spec: { a: [{ y: 2 }], b: 1 } })).toBe(false);
  expect(isSameStored([1, 2], [2, 1])).toBe(false);
  expect(isSameStored(row, undefined)).toBe(false);
});
