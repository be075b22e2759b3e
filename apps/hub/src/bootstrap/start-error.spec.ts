import { MasterKeyError } from '@muster/identity';
import { RenderWorkerError } from '@muster/render';
import { expect, test } from 'vitest';
import { HubStartError, startError } from './start-error.ts';

const failed = (fields: object) => Object.assign(new Error('listen failed'), fields);

test.each([
  [{ code: 'EADDRINUSE', port: 8080, address: '127.0.0.1' }, 'port 8080 of 127.0.0.1 is in use'],
  [{ code: 'EADDRNOTAVAIL', address: '10.9.9.9', port: 80 }, '10.9.9.9 is no address of this machine'],
  [
    { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'nowhere' },
    'nowhere is no address of this machine',
  ],
  [{ code: 'EACCES', port: 80, address: '0.0.0.0' }, 'port 80 may not be used by this user'],
])('%j is said in words', (fields, words) => {
  const told = startError(new Error('the listener', { cause: failed(fields) }));
  expect(told).toBeInstanceOf(HubStartError);
  expect((told as Error).message).toContain(words);
});

test('a wrong master key and a missing render worker are said as they are, and what nobody expected stays what it was', () => {
  expect(startError(new MasterKeyError('another key'))).toMatchObject({ message: 'another key' });
  expect(startError(new RenderWorkerError('not built'))).toBeInstanceOf(HubStartError);
  const unexpected = failed({ code: 'ENOENT' });
  expect(startError(unexpected)).toBe(unexpected);
});
