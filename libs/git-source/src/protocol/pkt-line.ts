/** Git's pkt-lines (gitprotocol-common): four hex digits of length, itself included, then that many bytes less four. */

export const flushPkt = Buffer.from('0000');
export const delimPkt = Buffer.from('0001');

export function pktLine(text: string): Buffer {
  const body = Buffer.from(`${text}\n`);
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}

export type Pkt =
  { readonly kind: 'flush' | 'delim' | 'end' } | { readonly kind: 'line'; readonly data: Buffer };

const specials = new Map<number, 'flush' | 'delim' | 'end'>([
  [0, 'flush'],
  [1, 'delim'],
  [2, 'end'],
]);

/** Reads pkt-lines from a stream as they come, so that a pack never stands in memory. Throws on anything else. */
export async function* readPkts(stream: AsyncIterable<Buffer>): AsyncGenerator<Pkt, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 4) {
      const digits = rest.toString('latin1', at, at + 4);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw new Error('the answer is not of the Git protocol');
      const length = Number.parseInt(digits, 16);
      const special = specials.get(length);
      if (special !== undefined) {
        at += 4;
        yield { kind: special };
        continue;
      }
      if (length < 4) throw new Error('the answer has a line of an impossible length');
      if (rest.length - at < length) break;
      yield { kind: 'line', data: rest.subarray(at + 4, at + length) };
      at += length;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new Error('the answer ends inside a line');
}

export function textOf(data: Buffer): string {
  return data.toString('utf8').replace(/\n$/, '');
}
