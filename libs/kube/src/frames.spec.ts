import { describe, expect, it } from 'vitest';
import { framesOf } from './frames.ts';
import { collect } from './testing/collect.ts';

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('the frames of a watch', () => {
  it('are lines, wherever the chunks end', async () => {
    expect(await collect(framesOf(chunks('{"a"', ':1}\n{"b":2}', '\n\n', '{"c":3}\n'), 100))).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ]);
  });

  it('keep characters whole that a chunk cuts', async () => {
    const bytes = Buffer.from('ä€\n');
    const cut = async function* (): AsyncGenerator<Buffer> {
      for (const byte of bytes) yield Buffer.from([byte]);
    };
    expect(await collect(framesOf(cut(), 100))).toEqual(['ä€']);
  });

  it('leave out a last line that never ended', async () => {
    expect(await collect(framesOf(chunks('one\ntw'), 100))).toEqual(['one']);
  });

  it('are refused when they are too long, with and without an end', async () => {
    await expect(collect(framesOf(chunks('12345', '6\n'), 5))).rejects.toThrow('longer than 5 bytes');
    await expect(collect(framesOf(chunks('123456'), 5))).rejects.toThrow('longer than 5 bytes');
  });
});
