import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ContentRepository, type ObjectRow } from '@muster/store';
import type { BlobSource, StoredBlob } from '@muster/transport';
import { LRUCache } from 'lru-cache';
import type { HubIdentity } from '../bootstrap/identity.ts';
import { IDENTITY } from '../tokens.ts';

const cachedBytes = 32 * 1024 * 1024;
const cachedManifests = 2_000;
/** Objects that are read in one statement; larger ones are read on their own by the size of the answer. */
const digestsPerRead = 200;

/** A stored object's content isn't what its digest says: a damaged database, which no agent shall apply. */
export class ContentDamagedError extends Error {
  override readonly name = 'ContentDamagedError';
}

/**
 * Manifests and objects by digest, with the lately used ones in memory, Secrets sealed there too. What was just
 * rendered is put here, so that the agents' requests for it ask no database.
 */
@Injectable()
export class ContentStore implements BlobSource {
  readonly #contents: ContentRepository;
  readonly #identity: HubIdentity;
  readonly #cache = new LRUCache<string, ObjectRow>({
    maxSize: cachedBytes,
    sizeCalculation: ({ data }) => data.length + 200,
  });
  readonly #objectsOf = new LRUCache<string, readonly string[]>({ max: cachedManifests });

  constructor(
    @Inject(ContentRepository) contents: ContentRepository,
    @Inject(IDENTITY) identity: HubIdentity,
  ) {
    this.#contents = contents;
    this.#identity = identity;
  }

  /** Seals what must not be readable at rest. */
  sealed(digest: string, data: Uint8Array): ObjectRow {
    return { digest, sealed: true, data: this.#identity.dataKey.seal(data, sealingContext(digest)) };
  }

  remember(rows: readonly ObjectRow[]): void {
    for (const row of rows) this.#cache.set(row.digest, row);
  }

  async *load(digests: readonly string[], signal: AbortSignal): AsyncIterable<StoredBlob> {
    for (let at = 0; at < digests.length; at += digestsPerRead) {
      signal.throwIfAborted();
      const part = digests.slice(at, at + digestsPerRead);
      const read = await this.#read(part.filter((digest) => !this.#cache.has(digest)));
      for (const digest of part) {
        const row = this.#cache.get(digest) ?? read.get(digest);
        if (row === undefined) throw new ContentDamagedError(`${digest} is not stored`);
        yield { digest, data: this.#plain(row) };
      }
    }
  }

  async #read(digests: readonly string[]): Promise<Map<string, ObjectRow>> {
    if (digests.length === 0) return new Map();
    const rows = await this.#contents.load(digests);
    this.remember(rows);
    return new Map(rows.map((row) => [row.digest, row]));
  }

  #plain(row: ObjectRow): Uint8Array {
    if (row.sealed) return this.#identity.dataKey.unseal(row.data, sealingContext(row.digest));
    if (row.digest !== `sha256:${createHash('sha256').update(row.data).digest('hex')}`) {
      this.#cache.delete(row.digest);
      throw new ContentDamagedError(`what is stored as ${row.digest} has another digest`);
    }
    return row.data;
  }

  /** The digests of the objects of these manifests, and of the manifests themselves. */
  async reachable(manifestDigests: readonly string[]): Promise<Set<string>> {
    const unknown = manifestDigests.filter((digest) => !this.#objectsOf.has(digest));
    const read =
      unknown.length === 0 ? new Map<string, string[]>() : await this.#contents.objectDigests(unknown);
    for (const digest of unknown) this.#objectsOf.set(digest, read.get(digest) ?? []);
    const reachable = new Set(manifestDigests);
    for (const digest of manifestDigests) {
      for (const object of this.#objectsOf.get(digest) ?? read.get(digest) ?? []) reachable.add(object);
    }
    return reachable;
  }
}

function sealingContext(digest: string): string {
  return `object ${digest}`;
}
