import { KubeNetworkError } from './errors.ts';

const NEWLINE = 0x0a;

/**
 * Lines of a byte stream, without their ends, as text. A watch sends one JSON document per line.
 *
 * Throws `KubeNetworkError` when a line grows beyond `maxBytes`: an object in etcd has 1.5 MiB, so what is much longer
 * isn't a watch, and must not fill the memory. A last line without an end is a broken connection's rest, and dropped.
 */
export async function* framesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE, from); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, end);
      from = end + 1;
      if (size + rest.length > maxBytes) throw tooLong(maxBytes);
      const line = pending.length === 0 ? rest : Buffer.concat([...pending, rest]);
      pending = [];
      size = 0;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (from < chunk.length) {
      // A copy: a slice would keep the socket's whole chunk alive for as long as the watch is quiet.
      pending.push(Buffer.from(chunk.subarray(from)));
      size += chunk.length - from;
      if (size > maxBytes) throw tooLong(maxBytes);
    }
  }
}

function tooLong(maxBytes: number): KubeNetworkError {
  return new KubeNetworkError(`a watch's line is longer than ${maxBytes} bytes`, 'MUSTER_FRAME_TOO_LARGE');
}
