import { describe, expect, test } from 'vitest';
import { mayEnter, unprivilegedAccount } from './account.ts';

describe('the account that PostgreSQL runs as when the hub is root', () => {
  test('is postgres where the system has it', () => {
    const passwd =
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n';
    expect(unprivilegedAccount(passwd)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  test('is nobody elsewhere', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';
    expect(unprivilegedAccount(passwd)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  });

  test('is the overflow uid in an image without users', () => {
    expect(unprivilegedAccount('')).toEqual({ name: 'uid 65534', uid: 65534, gid: 65534 });
  });

  test('is never root under another name', () => {
    expect(unprivilegedAccount('postgres:x:0:0::/:/bin/sh\n').uid).toBe(65534);
  });
});

describe('entering a folder', () => {
  const account = { name: 'postgres', uid: 101, gid: 104 };

  test.each([
    ["root's home of mode 0700 is closed", { mode: 0o40700, uid: 0, gid: 0 }, false],
    ['one that all may enter is open', { mode: 0o40711, uid: 0, gid: 0 }, true],
    ['its own is open', { mode: 0o40700, uid: 101, gid: 0 }, true],
    ["its group's is open", { mode: 0o40710, uid: 0, gid: 104 }, true],
    ['one that shuts out its own group is closed', { mode: 0o40701, uid: 0, gid: 104 }, false],
  ])('%s', (_, entry, open) => {
    expect(mayEnter(entry, account)).toBe(open);
  });
});
