import { ProtocolError } from '@muster/transport';
import { describe, expect, it } from 'vitest';
import { bounded } from './bounded.ts';

describe('the answer of an agent', () => {
  it('is as long as it may be, and else is broken off', async () => {
    let isOpen = true;
    async function* chunks(count: number): AsyncGenerator<Uint8Array> {
      try {
        for (let index = 0; index < count; index++) yield Buffer.alloc(10);
      } finally {
        isOpen = false;
      }
    }
    const seen: number[] = [];
    for await (const chunk of bounded(chunks(3), 30)) seen.push(chunk.length);
    expect(seen).toEqual([10, 10, 10]);
    isOpen = true;
    const tooMuch = (async () => {
      for await (const chunk of bounded(chunks(1_000_000), 30)) seen.push(chunk.length);
    })();
    await expect(tooMuch).rejects.toThrow(ProtocolError);
    expect(isOpen).toBe(false);
  });
});
