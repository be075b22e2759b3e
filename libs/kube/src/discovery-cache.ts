import type { Discovery, Resource } from './port.ts';

/** How often a kind that isn't known may cause a new discovery, in ms: a typo in a manifest must not load the server. */
const MIN_REDISCOVERY_MS = 2_000;

interface KnownDiscovery {
  readonly discovery: Discovery;
  readonly byKind: ReadonlyMap<string, Resource>;
  readonly at: number;
}

/** The last discovery, until it is dropped; concurrent callers wait for one and the same. */
export class DiscoveryCache {
  readonly #discover: () => Promise<Discovery>;
  readonly #now: () => number;
  #known: KnownDiscovery | undefined;
  /** Outlives the cache: a discovery that found the same is the same. */
  #last: Discovery | undefined;
  #pending: Promise<KnownDiscovery> | undefined;
  /** Grows when the cache is dropped, so that a discovery begun before that isn't kept after it. */
  #era = 0;

  constructor(discover: () => Promise<Discovery>, now: () => number) {
    this.#discover = discover;
    this.#now = now;
  }

  async get(fresh: boolean): Promise<Discovery> {
    if (fresh) this.invalidate();
    return (await this.#current()).discovery;
  }

  invalidate(): void {
    this.#era += 1;
    this.#known = undefined;
    this.#pending = undefined;
  }

  async resourceFor(group: string, version: string, kind: string): Promise<Resource | undefined> {
    const wanted = kindKey(group, version, kind);
    const known = await this.#current();
    const found = known.byKind.get(wanted);
    if (found !== undefined || this.#now() - known.at < MIN_REDISCOVERY_MS) return found;
    // Whoever else misses a kind meanwhile has dropped the cache already: one new discovery serves all.
    if (this.#known === known) this.invalidate();
    return (await this.#current()).byKind.get(wanted);
  }

  #asBefore(discovery: Discovery): Discovery {
    const isSame = this.#last && JSON.stringify(this.#last) === JSON.stringify(discovery);
    return (this.#last = isSame ? this.#last! : discovery);
  }

  #current(): Promise<KnownDiscovery> {
    if (this.#known !== undefined) return Promise.resolve(this.#known);
    this.#pending ??= this.#refresh(this.#era);
    return this.#pending;
  }

  async #refresh(era: number): Promise<KnownDiscovery> {
    try {
      const discovery = this.#asBefore(await this.#discover());
      const known = { discovery, byKind: byKindOf(discovery.resources), at: this.#now() };
      if (era === this.#era) this.#known = known;
      return known;
    } finally {
      if (era === this.#era) this.#pending = undefined;
    }
  }
}

function kindKey(group: string, version: string, kind: string): string {
  return `${group}/${version}/${kind}`;
}

function byKindOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  const map = new Map<string, Resource>();
  // Where several resources serve one kind, the first listed is the API server's own choice for it.
  for (const resource of resources) {
    const key = kindKey(resource.group, resource.version, resource.kind);
    if (!map.has(key)) map.set(key, resource);
  }
  return map;
}
