import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { credentialsOf } from './credentials.ts';

describe('credentials', () => {
  it('are the token as it is, and no header without one', async () => {
    expect(credentialsOf({ server: 'x', token: 'abc' }).current()).toEqual({ value: 'Bearer abc' });
    expect(credentialsOf({ server: 'x' }).current()).toEqual({ value: undefined });
  });

  it('are read from the token file again after a minute, because it rotates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-token-'));
    try {
      const tokenFile = join(folder, 'token');
      await writeFile(tokenFile, 'first\n');
      let now = 0;
      const credentials = credentialsOf({ server: 'x', tokenFile }, () => now);
      expect(credentials.current()).toBeUndefined();
      expect(await credentials.fetch(false)).toBe('Bearer first');
      await writeFile(tokenFile, 'second');
      now = 59_999;
      expect(credentials.current()).toMatchObject({ value: 'Bearer first' });
      now = 60_000;
      expect(credentials.current()).toBeUndefined();
      expect(await credentials.fetch(false)).toBe('Bearer second');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
