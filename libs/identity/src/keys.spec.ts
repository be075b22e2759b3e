import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataKey, DataKey } from './data-key.ts';
import { loadMasterKey, MasterKey, MasterKeyError } from './master-key.ts';
import { UnsealError } from './sealing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the master key', () => {
  it('is made at the first start, for its owner only, and is the same at the next', async () => {
    const keyFile = join(folder, 'data', 'master-key');
    const first = await loadMasterKey({ keyFile });
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await loadMasterKey({ keyFile })).id).toBe(first.id);
  });

  it('is one when two hubs start at once', async () => {
    const keyFile = join(folder, 'master-key');
    const [one, other] = await Promise.all([loadMasterKey({ keyFile }), loadMasterKey({ keyFile })]);
    expect(one.id).toBe(other.id);
  });

  it('is refused when others may read its file', async () => {
    const keyFile = join(folder, 'master-key');
    await loadMasterKey({ keyFile });
    await chmod(keyFile, 0o640);
    await expect(loadMasterKey({ keyFile })).rejects.toThrow(/accessible to others \(mode 640\): chmod 600/);
  });

  it('is refused when its file holds anything else, without telling what', async () => {
    const keyFile = join(folder, 'master-key');
    await writeFile(keyFile, 'hunter2', { mode: 0o600 });
    await expect(loadMasterKey({ keyFile })).rejects.toThrow(/must hold the base64 of 32 bytes/);
    await expect(loadMasterKey({ keyFile })).rejects.not.toThrow(/hunter2/);
  });

  it('comes from the environment before the file, which is then not made', async () => {
    const keyFile = join(folder, 'master-key');
    const bytes = randomBytes(32);
    const key = await loadMasterKey({ keyFile, fromEnvironment: bytes.toString('base64') });
    expect(key.id).toBe(new MasterKey(bytes).id);
    await expect(readFile(keyFile)).rejects.toThrow(/ENOENT/);
  });

  it('says so when another master key wrapped the keys', () => {
    const wrapped = new MasterKey(randomBytes(32)).wrap(createDataKey(), 'data-key');
    expect(() => new MasterKey(randomBytes(32)).unwrap(wrapped, 'data-key')).toThrow(MasterKeyError);
    expect(() => new MasterKey(randomBytes(32)).unwrap(wrapped, 'data-key')).toThrow(
      /start it with the key file/,
    );
  });

  it('does not pass one wrapped key off as another', () => {
    const master = new MasterKey(randomBytes(32));
    const wrapped = master.wrap(createDataKey(), 'data-key');
    expect(() => master.unwrap(wrapped, 'authority-key')).toThrow(UnsealError);
  });
});

describe('the data key', () => {
  it('opens what it sealed, in its own context only', () => {
    const key = new DataKey(createDataKey());
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.string(), (plain, context, elsewhere) => {
        const sealed = key.seal(plain, context);
        expect(Buffer.compare(key.unseal(sealed, context), plain)).toBe(0);
        if (elsewhere !== context) expect(() => key.unseal(sealed, elsewhere)).toThrow(UnsealError);
      }),
    );
  });

  it('notices any changed byte and any cut', () => {
    const key = new DataKey(createDataKey());
    const sealed = key.seal(Buffer.from('a password'), 'object');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => key.unseal(changed, 'object'), `byte ${at}`).toThrow(UnsealError);
      expect(() => key.unseal(sealed.subarray(0, at), 'object'), `cut at ${at}`).toThrow(UnsealError);
    }
  });

  it('addresses the same bytes alike, and differently under another key', () => {
    const bytes = createDataKey();
    const secret = Buffer.from('password');
    expect(new DataKey(bytes).digest(secret)).toBe(new DataKey(bytes).digest(secret));
    expect(new DataKey(bytes).digest(secret)).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(new DataKey(createDataKey()).digest(secret)).not.toBe(new DataKey(bytes).digest(secret));
  });
});
