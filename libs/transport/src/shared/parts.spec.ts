import type { InspectPart } from '@muster/contracts';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from './errors.ts';
import { encodeParts, readParts } from './parts.ts';

const notices = (...texts: string[]): InspectPart[] =>
  texts.map((value) => ({ part: { $case: 'notice', value } }));

async function* cutEvery(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<InspectPart[]> {
  const all: InspectPart[] = [];
  for await (const parts of readParts(chunks)) all.push(...parts);
  return all;
}

describe('the parts of an answer', () => {
  const parts = notices('one', 'x'.repeat(300), '');

  it.each([1, 2, 7, 1000])('come back from chunks of %i bytes', async (size) => {
    expect(await readAll(cutEvery(encodeParts(parts), size))).toEqual(parts);
  });

  it('that are cut short, or none at all, are refused', async () => {
    await expect(readAll(cutEvery(encodeParts(parts).subarray(0, 20), 20))).rejects.toThrow(/cut short/);
    await expect(readAll(cutEvery(Buffer.alloc(9, 0xff), 9))).rejects.toThrow(ProtocolError);
    await expect(readAll(cutEvery(Buffer.from('03ffffff', 'hex'), 4))).rejects.toThrow(ProtocolError);
  });
});
