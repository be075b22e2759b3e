import { ProtocolError } from '@muster/transport';

/** Passes chunks on as long as they are no more than so many bytes: an agent alone doesn't fill the hub's memory. */
export async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new ProtocolError(`an answer of more than ${maxBytes} bytes`);
    yield chunk;
  }
}
