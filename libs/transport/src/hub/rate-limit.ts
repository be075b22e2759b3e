import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  at: number;
}

/** A bucket of tokens per address, refilled over a minute. Remembers the addresses that came last. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: 10_000 });

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Whether this address may try once more now. */
  take(address: string): boolean {
    const now = this.#now();
    const bucket = this.#buckets.get(address) ?? { tokens: this.#perMinute, at: now };
    const refilled = Math.min(
      this.#perMinute,
      bucket.tokens + ((now - bucket.at) * this.#perMinute) / 60_000,
    );
    this.#buckets.set(address, { tokens: Math.max(0, refilled - 1), at: now });
    return refilled >= 1;
  }

  /** The attempt that was taken was a good one: it doesn't count. */
  giveBack(address: string): void {
    const bucket = this.#buckets.get(address);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#perMinute, bucket.tokens + 1);
  }
}

/** The host of `host:port`; of an IPv6 host its /64, which is what one site gets. */
export function rateLimitKey(peer: string): string {
  const host = peer.slice(0, peer.lastIndexOf(':'));
  return host.includes(':') && !host.startsWith('::ffff:') ? host.split(':').slice(0, 4).join(':') : host;
}
