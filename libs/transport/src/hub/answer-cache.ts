import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { FetchResponse } from '@muster/contracts';
import { LRUCache } from 'lru-cache';
import type { BlobSource, StoredBlob } from '../port.ts';
import { encodeBlob, isKeyedDigest } from '../shared/blobs.ts';
import { CHUNK_BYTES } from '../shared/limits.ts';

const compress = promisify(gzip);
/** Below this, compressing costs more than it saves. */
const MIN_GZIP_BYTES = 512;
/** Digests of one answer: what is asked for beyond is answered by the next. */
const GROUP = 250;

type Chunks = readonly Buffer[];

/**
 * Answers to Fetch, as encoded messages. A commit makes all agents ask for the same at once: whoever comes first has
 * it loaded and compressed, the others get the same bytes. Secrets are never kept: they leave the store for the one
 * answer that holds them.
 */
export class AnswerCache {
  readonly #source: BlobSource;
  readonly #kept: LRUCache<string, Chunks>;
  readonly #making = new Map<string, Promise<Chunks | undefined>>();
  readonly #maxAnswerBytes: number;

  constructor(source: BlobSource, maxBytes: number) {
    this.#source = source;
    this.#maxAnswerBytes = Math.floor(maxBytes / 3);
    this.#kept = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  async *answer(digests: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
    // Sorted, so that whoever asks for the same gets the same, in whatever order it was asked for.
    const plain = [...new Set(digests.filter((digest) => !isKeyedDigest(digest)))].sort();
    const keyed = [...new Set(digests.filter(isKeyedDigest))];
    const groups = groupsOf(plain);
    for (const [index, group] of groups.entries()) {
      // The next one is loaded and compressed while this one is on its way.
      const next = groups[index + 1];
      if (next !== undefined) this.#prepare(next);
      yield* this.#shared(group, signal);
    }
    for (let at = 0; at < keyed.length; at += GROUP) {
      yield* chunksOf(this.#source.load(keyed.slice(at, at + GROUP), signal));
    }
  }

  /** Whoever needs it hears of a failure; until then nobody waits. */
  #prepare(digests: readonly string[]): void {
    const key = keyOf(digests);
    if (!this.#kept.has(key)) this.#made(key, digests).catch(() => undefined);
  }

  async *#shared(digests: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
    const key = keyOf(digests);
    const chunks = this.#kept.get(key) ?? (await this.#made(key, digests));
    signal.throwIfAborted();
    if (chunks !== undefined) yield* chunks;
    else yield* chunksOf(this.#source.load(digests, signal));
  }

  #made(key: string, digests: readonly string[]): Promise<Chunks | undefined> {
    const making = this.#making.get(key);
    if (making !== undefined) return making;
    const made = this.#make(key, digests).finally(() => this.#making.delete(key));
    this.#making.set(key, made);
    return made;
  }

  /** `undefined` when the answer is too large to share: then each gets it as it is read. */
  async #make(key: string, digests: readonly string[]): Promise<Chunks | undefined> {
    const stop = new AbortController();
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of chunksOf(this.#source.load(digests, stop.signal))) {
        size += chunk.length;
        if (size > this.#maxAnswerBytes) return undefined;
        chunks.push(chunk);
      }
    } finally {
      stop.abort();
    }
    if (chunks.length > 0) this.#kept.set(key, chunks);
    return chunks;
  }
}

function groupsOf(digests: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(digests.length / GROUP) }, (_, index) =>
    digests.slice(index * GROUP, (index + 1) * GROUP),
  );
}

function keyOf(digests: readonly string[]): string {
  return createHash('sha256').update(digests.join()).digest('base64');
}

/** Blobs as encoded FetchResponses of at most a chunk each. */
async function* chunksOf(blobs: AsyncIterable<StoredBlob>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const blob of blobs) {
    let rest = encodeBlob(blob.digest, blob.data);
    while (size + rest.length >= CHUNK_BYTES) {
      const cut = CHUNK_BYTES - size;
      yield await encodeChunk([...parts, rest.subarray(0, cut)]);
      parts = [];
      size = 0;
      rest = rest.subarray(cut);
    }
    if (rest.length > 0) {
      parts.push(rest);
      size += rest.length;
    }
  }
  if (size > 0) yield await encodeChunk(parts);
}

async function encodeChunk(parts: readonly Uint8Array[]): Promise<Buffer> {
  const raw = Buffer.concat(parts);
  const packed = raw.length < MIN_GZIP_BYTES ? raw : await compress(raw, { level: constants.Z_BEST_SPEED });
  const gzipped = packed.length < raw.length;
  return Buffer.from(FetchResponse.encode({ data: gzipped ? packed : raw, gzip: gzipped }).finish());
}

function sizeOf(chunks: Chunks): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
