/** The few pieces of DER (X.690) that a certificate signing request is made of. */
export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** A context-specific, constructed `[0]`. */
export function derContext0(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0xa0, Buffer.concat(parts));
}

/** An INTEGER below 128. */
export function derSmallInteger(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]));
}

/** A BIT STRING of whole bytes. */
export function derBitString(bytes: Uint8Array): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

/** An OBJECT IDENTIFIER, from the hex of its content. */
export function derObjectIdentifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function tagged(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`DER content of ${length} bytes is beyond what a signing request has`);
}
