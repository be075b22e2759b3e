import { describe, expect, it } from 'vitest';
import { linesOf, maxLineBytes } from './log-lines.ts';
import { merged } from './merged.ts';

async function* chunks(...texts: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function read(source: AsyncIterable<readonly string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of source) all.push(...lines);
  return all;
}

describe('the lines of a log', () => {
  it('come whole, however they arrive', async () => {
    expect(await read(linesOf(chunks('one\ntw', 'o\n\nthree')))).toEqual(['one', 'two', '', 'three']);
    const umlaut = Buffer.from('größe\n');
    expect(await read(linesOf(chunks(umlaut.subarray(0, 3), umlaut.subarray(3))))).toEqual(['größe']);
  });

  it('hold nothing that moves a cursor', async () => {
    expect(await read(linesOf(chunks('\u001b[31mred\u001b[0m\tx\u0007\u009b2J\r\n')))).toEqual(['red\tx2J']);
  });

  it('are cut where they are too long, and the rest of them is left out', async () => {
    const long = 'x'.repeat(maxLineBytes + 10);
    const lines = await read(linesOf(chunks(long, long, '\nnext\n')));
    expect(lines).toEqual(['x'.repeat(maxLineBytes), 'next']);
  });
});

describe('merged sources', () => {
  it('give what each gives, in its order, no faster than it is taken', async () => {
    let given = 0;
    async function* count(name: string): AsyncGenerator<string> {
      for (let index = 0; index < 3; index++) {
        given += 1;
        yield `${name}${index}`;
      }
    }
    const all = merged([count('a'), count('b')]);
    const seen = [(await all.next()).value];
    expect(given).toBeLessThanOrEqual(3);
    for await (const item of all) seen.push(item);
    expect(seen.filter((it) => it?.startsWith('a'))).toEqual(['a0', 'a1', 'a2']);
    expect(seen).toHaveLength(6);
  });

  it('end with the error of one', async () => {
    async function* fail(): AsyncGenerator<string> {
      yield 'so far';
      throw new Error('broken');
    }
    const seen: string[] = [];
    const all = (async () => {
      for await (const item of merged([fail()])) seen.push(item);
    })();
    await expect(all).rejects.toThrow('broken');
    expect(seen).toEqual(['so far']);
  });
});
