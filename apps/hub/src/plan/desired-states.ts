import { DesiredState } from '@muster/contracts';
import { compareVersions } from '@muster/manifest';
import { Inject, Injectable } from '@nestjs/common';
import { PlanRepository } from '@muster/store';
import { LRUCache } from 'lru-cache';
import { ContentStore } from '../content/content-store.ts';
import { type AnnouncedState, announcedState } from './desired-content.ts';

export interface DesiredEntry {
  readonly epoch: bigint;
  readonly generation: bigint;
  readonly contentDigest: string;
}

const cachedContentBytes = 32 * 1024 * 1024;
const cachedReachable = 256;

/**
 * Which desired state every cluster has, as this process knows it: versions for all of them, contents (which many
 * share) for the lately used ones. Agents that connect cost no query for it.
 */
@Injectable()
export class DesiredStates {
  readonly #plans: PlanRepository;
  readonly #store: ContentStore;
  readonly #entries = new Map<string, DesiredEntry>();
  readonly #contents = new LRUCache<string, Buffer>({
    maxSize: cachedContentBytes,
    sizeCalculation: (content) => content.length + 200,
  });
  readonly #reachable = new LRUCache<string, Promise<Set<string>>>({ max: cachedReachable });
  #seq = 0n;

  constructor(@Inject(PlanRepository) plans: PlanRepository, @Inject(ContentStore) store: ContentStore) {
    this.#plans = plans;
    this.#store = store;
  }

  /** Reads what was stored since the last time, here or by another replica; answers the clusters that changed. */
  async refresh(): Promise<string[]> {
    const stored = await this.#plans.desiredAfter(this.#seq);
    for (const row of stored) {
      // A row that was read while its successor was being stored must not take that one's place.
      if (isNewer(row, this.#entries.get(row.clusterId))) this.#entries.set(row.clusterId, row);
      if (row.seq > this.#seq) this.#seq = row.seq;
    }
    return stored.map((row) => row.clusterId);
  }

  /** Takes in what this process just stored as plan `seq`. */
  stored(
    changes: ReadonlyMap<string, DesiredEntry>,
    contents: Iterable<{ digest: string; data: Buffer }>,
    seq: bigint,
  ): void {
    for (const [clusterId, entry] of changes) this.#entries.set(clusterId, entry);
    for (const { digest, data } of contents) this.#contents.set(digest, data);
    // A plan that another replica stored in between hasn't been read yet.
    if (seq === this.#seq + 1n) this.#seq = seq;
  }

  forget(clusterId: string): void {
    this.#entries.delete(clusterId);
  }

  entry(clusterId: string): DesiredEntry | undefined {
    return this.#entries.get(clusterId);
  }

  async content(digest: string): Promise<Buffer> {
    const cached = this.#contents.get(digest);
    if (cached !== undefined) return cached;
    const read = await this.#plans.content(digest);
    if (read === undefined) throw new Error(`the content ${digest} of a desired state is not stored`);
    this.#contents.set(digest, read);
    return read;
  }

  /** What is to be announced to a cluster now; `undefined` before its first plan. */
  async announced(clusterId: string): Promise<AnnouncedState | undefined> {
    for (;;) {
      const entry = this.#entries.get(clusterId);
      if (entry === undefined) return undefined;
      const content = await this.content(entry.contentDigest);
      // A state that was replaced while its content was read must not be sent after its successor.
      if (this.#entries.get(clusterId) !== entry) continue;
      return announcedState({ epoch: entry.epoch, generation: entry.generation }, content);
    }
  }

  /** The first of these digests that the cluster's desired state doesn't hold: manifests, and their objects. */
  async firstForbidden(clusterId: string, digests: readonly string[]): Promise<string | undefined> {
    const entry = this.#entries.get(clusterId);
    if (entry === undefined) return digests[0];
    const reachable = await this.#reachableOf(entry.contentDigest);
    return digests.find((digest) => !reachable.has(digest));
  }

  #reachableOf(contentDigest: string): Promise<Set<string>> {
    let reachable = this.#reachable.get(contentDigest);
    if (reachable === undefined) {
      reachable = this.content(contentDigest).then((content) =>
        this.#store.reachable(DesiredState.decode(content).assignments.map((it) => it.manifestDigest)),
      );
      this.#reachable.set(contentDigest, reachable);
      reachable.catch(() => this.#reachable.delete(contentDigest));
    }
    return reachable;
  }
}

function isNewer(entry: DesiredEntry, than: DesiredEntry | undefined): boolean {
  return than === undefined || compareVersions(entry, than) > 0;
}
