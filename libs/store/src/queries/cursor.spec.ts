import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCursor, printCursor } from './cursor.ts';

describe('a cursor', () => {
  it('comes back as it went, whatever its keys hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), (keys) => {
        const cursor = { list: 'clusters', sort: '-lastSeen,name', keys };
        expect(parseCursor(printCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  it('fits into a URL as it is', () => {
    const text = printCursor({ list: 'objects', sort: 'kind', keys: ['ä/&?=+', '%'] });
    expect(encodeURIComponent(text)).toBe(text);
  });

  it.each([
    ['', 'nothing'],
    ['no cursor!', 'characters that none has'],
    [Buffer.from('[1,"clusters"').toString('base64url'), 'no JSON'],
    [Buffer.from('[2,"clusters","name"]').toString('base64url'), 'another format'],
    [Buffer.from('[1,"clusters","name",7]').toString('base64url'), 'keys that are no texts'],
    [Buffer.from('[1,"clusters"]').toString('base64url'), 'no order'],
    ['A'.repeat(10_000), 'too much'],
  ])('is not read from %j: %s', (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });
});
