import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { InspectPart } from '@muster/contracts';
import { ProtocolError } from './errors.ts';
import { MAX_BLOB_BYTES } from './limits.ts';
import { readVarint } from './varint.ts';

/** Parts of an answer as they stand in it, one after the other, each with its length. */
export function encodeParts(parts: readonly InspectPart[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const part of parts) writer.bytes(InspectPart.encode(part).finish());
  return writer.finish();
}

/**
 * Cuts the chunks of an answer back into its parts: all that came with a chunk at a time. Throws `ProtocolError` for
 * what is no sequence of parts.
 */
export async function* readParts(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly InspectPart[], void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    const parts: InspectPart[] = [];
    for (let head = readVarint(rest); head !== undefined; head = readVarint(rest)) {
      if (head.value > MAX_BLOB_BYTES) throw new ProtocolError('a part of an answer is too large');
      const end = head.length + head.value;
      if (rest.length < end) break;
      parts.push(decode(rest.subarray(head.length, end)));
      rest = rest.subarray(end);
    }
    if (parts.length > 0) yield parts;
  }
  if (rest.length > 0) throw new ProtocolError('the answer is cut short');
}

function decode(bytes: Buffer): InspectPart {
  try {
    return InspectPart.decode(bytes);
  } catch {
    throw new ProtocolError('a part of an answer cannot be read');
  }
}
