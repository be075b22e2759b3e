import { ProtocolError } from './errors.ts';

/** The length that a message in a sequence begins with; `undefined` until all of it is there. */
export function readVarint(bytes: Buffer): { readonly value: number; readonly length: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, length: index + 1 };
  }
  throw new ProtocolError('a message in a sequence has no valid length');
}
