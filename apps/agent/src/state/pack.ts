import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What fits into a Secret beside its metadata, after base64, below etcd's limit of 1.5 MiB. */
export const maxPackBytes = 900 * 1024;

/** Some bytes of a blob: blobs beyond a pack's size come in several. */
export interface Part {
  readonly digest: string;
  readonly part: number;
  readonly parts: number;
  readonly bytes: Uint8Array;
}

/** An immutable, content-named piece of the agent's state, as it is stored. */
export interface Pack {
  readonly name: string;
  readonly stored: Buffer;
}

interface Located {
  readonly digest: string;
  readonly part: number;
  readonly parts: number;
  readonly start: number;
  readonly end: number;
}

const rawMark = 0;
const gzipMark = 1;

/** Names a pack by its content, so that writing it twice is writing it once. */
export function packName(stored: Uint8Array): string {
  return `muster-pack-${createHash('sha256').update(stored).digest('hex').slice(0, 32)}`;
}

/** One byte that says how, then the content, compressed where that helps. */
export async function storable(content: Uint8Array): Promise<Buffer> {
  const packed = content.length < 256 ? undefined : await compress(content, { level: 1 });
  return packed && packed.length < content.length * 0.95
    ? Buffer.concat([Buffer.of(gzipMark), packed])
    : Buffer.concat([Buffer.of(rawMark), content]);
}

/** The inverse of `storable`. Throws for bytes that it didn't write. */
export function contentOf(stored: Buffer): Buffer {
  if (stored[0] === rawMark) return stored.subarray(1);
  if (stored[0] === gzipMark) return gunzipSync(stored.subarray(1), { maxOutputLength: 64 * 1024 * 1024 });
  throw new Error('a pack of an unknown form');
}

/** `<length of index>\n<index as JSON><bytes of all parts>`. */
export async function buildPack(
  parts: readonly Part[],
): Promise<{ readonly pack: Pack; readonly content: Buffer }> {
  const index = Buffer.from(
    JSON.stringify(parts.map(({ digest, part, parts: of, bytes }) => [digest, bytes.length, part, of])),
  );
  const content = Buffer.concat([
    Buffer.from(`${index.length}\n`),
    index,
    ...parts.map((part) => part.bytes),
  ]);
  const stored = await storable(content);
  return { pack: { name: packName(stored), stored }, content };
}

/** Where the parts of a pack stand in its content. Throws for a pack that isn't one. */
export function readIndex(content: Buffer): readonly Located[] {
  const newline = content.indexOf(0x0a);
  const indexEnd = newline + 1 + Number(content.toString('latin1', 0, newline));
  const index = JSON.parse(content.toString('utf8', newline + 1, indexEnd)) as [
    string,
    number,
    number,
    number,
  ][];
  let start = indexEnd;
  return index.map(([digest, length, part, parts]) => {
    const located = { digest, part, parts, start, end: start + length };
    start += length;
    return located;
  });
}

/** Room that index and marks may need. */
const partBytes = maxPackBytes - 16 * 1024;

/** Cuts a blob into parts that fit into packs. */
export function partsOf(digest: string, bytes: Uint8Array): Part[] {
  const parts = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: parts }, (_, part) => ({
    digest,
    part,
    parts,
    bytes: bytes.subarray(part * partBytes, (part + 1) * partBytes),
  }));
}

/** True when another part no longer fits beside those that are there. */
export function isFull(bytesSoFar: number, parts: number, next: Part): boolean {
  return bytesSoFar > 0 && bytesSoFar + next.bytes.length + (parts + 1) * 100 > maxPackBytes - 1024;
}
