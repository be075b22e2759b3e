import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.ts';
import { maxPackBytes } from './pack.ts';

async function storeOf(blobs: Readonly<Record<string, Uint8Array>>): Promise<BlobStore> {
  const store = new BlobStore();
  for (const [digest, bytes] of Object.entries(blobs)) await store.add(digest, bytes);
  await store.flush();
  return store;
}

const bytesOf = (store: BlobStore, digest: string): Buffer | undefined => {
  const bytes = store.read(digest);
  return bytes && Buffer.from(bytes);
};

describe('the blobs of a desired state', () => {
  it('read back from their packs, also in another process', async () => {
    const store = await storeOf({ a: Buffer.from('one'), b: Buffer.from('{"two":2}') });
    const later = new BlobStore();
    for (const pack of store.packs()) later.addPack(pack);
    expect(bytesOf(later, 'a')?.toString()).toBe('one');
    expect(bytesOf(later, 'b')?.toString()).toBe('{"two":2}');
    expect(later.read('c')).toBeUndefined();
  });

  it('fit into Secrets, though incompressible and bigger than one', async () => {
    const big = randomBytes(2_500_000);
    const store = await storeOf({ small: Buffer.from('x'), big, other: randomBytes(600_000) });
    for (const pack of store.packs()) expect(pack.stored.length).toBeLessThanOrEqual(maxPackBytes);
    expect(bytesOf(store, 'big')?.equals(big)).toBe(true);
  });

  it('give up packs that nothing needs, and rewrite those of which little is left', async () => {
    const store = await storeOf({
      old: randomBytes(700_000),
      keep: randomBytes(500_000),
      scrap: Buffer.from('s'),
    });
    const before = store.packs().length;
    await store.keepOnly(new Set(['keep', 'scrap']));
    expect(store.packs().length).toBeLessThan(before);
    expect(store.has('old')).toBe(false);
    expect(bytesOf(store, 'keep')).toHaveLength(500_000);
    expect(bytesOf(store, 'scrap')?.toString()).toBe('s');
  });

  it('of many small changes gather in few packs', async () => {
    const store = new BlobStore();
    const kept = new Set<string>();
    for (let n = 0; n < 40; n++) {
      await store.add(`d${n}`, Buffer.from(`object ${n}`));
      await store.flush();
      kept.add(`d${n}`);
      await store.keepOnly(kept);
    }
    expect(store.packs().length).toBeLessThanOrEqual(9);
    expect(bytesOf(store, 'd0')?.toString()).toBe('object 0');
  });
});
