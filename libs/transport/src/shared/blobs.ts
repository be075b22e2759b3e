import { hash } from 'node:crypto';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Blob } from '@muster/contracts';
import { BlobMismatch, ProtocolError } from './errors.ts';
import { MAX_BLOB_BYTES } from './limits.ts';
import { readVarint } from './varint.ts';

const KEYED = 'hmac-sha256:';
const PLAIN = 'sha256:';
const DIGEST = /^(?:hmac-)?sha256:[0-9a-f]{64}$/;
/** A blob's message beside its data: digest, checksum, tags. */
const OVERHEAD_BYTES = 256;

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** A Secret's digest: keyed by the hub, so that it is no oracle. */
export function isKeyedDigest(digest: string): boolean {
  return digest.startsWith(KEYED);
}

/** A blob as it stands in the stream: its length as a varint, then the message. */
export function encodeBlob(digest: string, data: Uint8Array): Uint8Array {
  const checksum = isKeyedDigest(digest) ? hash('sha256', data, 'buffer') : Buffer.alloc(0);
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return new BinaryWriter().bytes(Blob.encode({ digest, data: body, sha256: checksum }).finish()).finish();
}

/** Cuts a stream of bytes back into blobs. Holds one blob at most. */
export class BlobReader {
  #rest: Buffer = Buffer.alloc(0);

  *read(bytes: Uint8Array): Generator<Blob> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) yield Blob.decode(frame);
  }

  /** @throws ProtocolError when the stream ended inside a blob. */
  end(): void {
    if (this.#rest.length > 0) throw new ProtocolError('the fetched blobs are cut short');
  }

  #next(): Buffer | undefined {
    const head = readVarint(this.#rest);
    if (head === undefined) return undefined;
    if (head.value > MAX_BLOB_BYTES + OVERHEAD_BYTES) throw new ProtocolError('a fetched blob is too large');
    const end = head.length + head.value;
    if (this.#rest.length < end) return undefined;
    const frame = this.#rest.subarray(head.length, end);
    this.#rest = this.#rest.subarray(end);
    return frame;
  }
}

/** @throws BlobMismatch when the bytes aren't what the digest (a keyed one's checksum) says. */
export function verifyBlob(blob: Blob): void {
  const expected = isKeyedDigest(blob.digest)
    ? Buffer.from(blob.sha256).toString('hex')
    : blob.digest.slice(PLAIN.length);
  if (!isDigest(blob.digest) || hash('sha256', blob.data, 'hex') !== expected) {
    throw new BlobMismatch(
      blob.digest,
      `the bytes that came for ${JSON.stringify(blob.digest)} are not its own`,
    );
  }
}
