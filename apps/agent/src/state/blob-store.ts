import { buildPack, contentOf, isFull, partsOf, readIndex } from './pack.ts';
import type { Pack, Part } from './pack.ts';

interface Place {
  readonly pack: string;
  readonly start: number;
  readonly end: number;
}

/** Below this a pack is small, and several of them are better one. */
const smallPackBytes = 64 * 1024;
const maxSmallPacks = 8;
const inflatedAtOnce = 3;
const maxClosing = 3;

/**
 * The blobs of the desired state: manifests, objects and the state's own bytes, by digest. They are kept only as the
 * packs that are (or are about to be) in the cluster, compressed; reading one inflates its pack for a while.
 */
export class BlobStore {
  readonly #packs = new Map<string, Pack>();
  readonly #places = new Map<string, Place[]>();
  readonly #inflated = new Map<string, Buffer>();
  #open: Part[] = [];
  #openBytes = 0;
  readonly #closing: Promise<void>[] = [];

  has(digest: string): boolean {
    return this.#places.has(digest);
  }

  packs(): readonly Pack[] {
    return [...this.#packs.values()];
  }

  /** Takes over a pack that was read from the cluster. Throws when it isn't one. */
  addPack(pack: Pack): void {
    this.#add(pack, contentOf(pack.stored));
  }

  #add(pack: Pack, content: Buffer): void {
    this.#packs.set(pack.name, pack);
    for (const { digest, part, parts, start, end } of readIndex(content)) {
      const places = this.#places.get(digest) ?? new Array<Place>(parts);
      places[part] = { pack: pack.name, start, end };
      this.#places.set(digest, places);
    }
  }

  /** Adds a blob; it can be read once `flush` was called. */
  async add(digest: string, bytes: Uint8Array): Promise<void> {
    for (const part of partsOf(digest, bytes)) {
      if (isFull(this.#openBytes, this.#open.length, part)) this.#close();
      this.#open.push(part);
      this.#openBytes += part.bytes.length;
    }
    // Compressing is other threads' work: some packs at a time, or all their bytes would be held at once.
    if (this.#closing.length > maxClosing) await this.#closing.shift();
  }

  /** Closes the pack that blobs are being added to. */
  async flush(): Promise<void> {
    this.#close();
    await Promise.all(this.#closing.splice(0));
  }

  #close(): void {
    if (this.#open.length === 0) return;
    const parts = this.#open;
    this.#open = [];
    this.#openBytes = 0;
    this.#closing.push(this.#build(parts));
  }

  async #build(parts: readonly Part[]): Promise<void> {
    const { pack, content } = await buildPack(parts);
    this.#add(pack, content);
    // What was just fetched is read soon.
    this.#keepInflated(pack.name, content);
  }

  /** The bytes of a blob; undefined when it isn't here. They are the caller's to read, not to keep. */
  read(digest: string): Uint8Array | undefined {
    const places = this.#places.get(digest);
    if (!places) return undefined;
    const parts: Buffer[] = [];
    for (const place of places) {
      // A part's pack may have been lost: then so is the blob.
      if (!place) return undefined;
      parts.push(this.#contentOf(place.pack).subarray(place.start, place.end));
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /**
   * Keeps only these blobs: packs that hold none of them go, those of which little is left and the many small ones
   * are written together anew.
   */
  async keepOnly(digests: ReadonlySet<string>): Promise<void> {
    const rewrite = this.#packsToRewrite(digests);
    const moving = new Map<string, Uint8Array>();
    for (const digest of digests) {
      const places = this.#places.get(digest);
      if (places?.some((place) => rewrite.has(place.pack)))
        moving.set(digest, Buffer.from(this.read(digest) ?? []));
    }
    for (const name of rewrite) this.#packs.delete(name);
    for (const [digest, places] of this.#places) {
      if (!digests.has(digest) || places.some((place) => !this.#packs.has(place.pack)))
        this.#places.delete(digest);
    }
    for (const [digest, bytes] of moving) await this.add(digest, bytes);
    await this.flush();
    for (const name of rewrite) this.#inflated.delete(name);
  }

  #packsToRewrite(digests: ReadonlySet<string>): ReadonlySet<string> {
    const used = new Map<string, { live: number; total: number }>(
      [...this.#packs.keys()].map((name) => [name, { live: 0, total: 0 }]),
    );
    for (const [digest, places] of this.#places) {
      for (const place of places) {
        const use = used.get(place.pack);
        if (!use) continue;
        use.total += place.end - place.start;
        if (digests.has(digest)) use.live += place.end - place.start;
      }
    }
    const rewrite = new Set<string>();
    const small: string[] = [];
    for (const [name, { live, total }] of used) {
      if (live * 2 < total || live === 0) rewrite.add(name);
      else if (this.#packs.get(name)!.stored.length < smallPackBytes) small.push(name);
    }
    if (small.length > maxSmallPacks) for (const name of small) rewrite.add(name);
    return rewrite;
  }

  #contentOf(name: string): Buffer {
    const known = this.#inflated.get(name);
    if (known) return known;
    const content = contentOf(this.#packs.get(name)!.stored);
    this.#keepInflated(name, content);
    return content;
  }

  #keepInflated(name: string, content: Buffer): void {
    if (this.#inflated.size >= inflatedAtOnce) this.#inflated.delete(this.#inflated.keys().next().value!);
    this.#inflated.set(name, content);
  }

  /** Lets go of what was inflated: called when nothing is being applied any more. */
  rest(): void {
    this.#inflated.clear();
  }
}
