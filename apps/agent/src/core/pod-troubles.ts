import type { InventoryEntry } from '@muster/apply-plan';
import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { LiveRecord } from './live-record.ts';
import { runsPods } from './pod-trouble.ts';
import type { Workload } from './pod-trouble.ts';

export interface PodTroublesOptions {
  /** As `podTrouble`. */
  readonly look: (workload: Workload, signal: AbortSignal) => Promise<string | undefined>;
  /** Something else is to be said than before. */
  readonly onChange: () => void;
  readonly now?: () => number;
  /** Runs once, later; the result cancels. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

interface Watched {
  readonly workload: Workload;
  dueAt: number;
  lookedAt: number;
  looks: number;
  /** Of the workload, when it was last considered. */
  resourceVersion: string;
  text: string | undefined;
}

/** Most rollouts are done before anybody would look. */
const patienceMs = 5_000;
/** A workload whose status changed is looked at again, no sooner than this after the last look. */
const freshMs = 10_000;
const firstPauseMs = 15_000;
const maxPauseMs = 300_000;
/** Between two looks, whosoever they are: a cluster on fire is not asked more. */
const gapMs = 500;
const lookMs = 15_000;

/**
 * Finds out which Pods fail behind workloads that are not well. Only those are looked at, one at a time, less and less
 * often while nothing changes; a cluster that is well is asked nothing.
 */
export class PodTroubles {
  readonly #o: Required<PodTroublesOptions>;
  readonly #watched = new Map<ObjectId, Watched>();
  readonly #stop = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #isLooking = false;
  #quietUntil = 0;

  constructor(options: PodTroublesOptions) {
    this.#o = { now: () => performance.now(), after: afterMs, ...options };
  }

  /** What was last seen to fail behind a workload. */
  of(id: ObjectId): string | undefined {
    return this.#watched.get(id)?.text;
  }

  /** Takes note of which workloads are not well now; what is well again is forgotten. */
  consider(
    inventory: ReadonlyMap<ObjectId, InventoryEntry>,
    record: (id: ObjectId) => LiveRecord | undefined,
  ): void {
    const unwell = new Set<ObjectId>();
    for (const { id, state } of inventory.values()) {
      const key = parseObjectId(id);
      if (state !== 'owned' || !key || !runsPods(key)) continue;
      const live = record(id);
      if (!live || live.terminating || !isUnwell(live)) continue;
      unwell.add(id);
      this.#note(id, key, live);
    }
    for (const id of this.#watched.keys()) if (!unwell.has(id)) this.#watched.delete(id);
    this.#schedule();
  }

  stop(): void {
    this.#stop.abort();
    this.#cancelTimer?.();
    this.#watched.clear();
  }

  #note(id: ObjectId, workload: Workload, live: LiveRecord): void {
    const now = this.#o.now();
    const watched = this.#watched.get(id);
    if (!watched) {
      const wait = live.health.status === 'Degraded' ? 0 : patienceMs;
      const { resourceVersion } = live;
      const looks = { dueAt: now + wait, lookedAt: -Infinity, looks: 0 };
      this.#watched.set(id, { workload, resourceVersion, text: undefined, ...looks });
      return;
    }
    if (watched.resourceVersion === live.resourceVersion) return;
    watched.resourceVersion = live.resourceVersion;
    watched.looks = Math.min(watched.looks, 1);
    if (watched.looks > 0) watched.dueAt = Math.min(watched.dueAt, watched.lookedAt + freshMs);
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#isLooking || this.#stop.signal.aborted || this.#watched.size === 0) return;
    const dueAt = Math.min(...[...this.#watched.values()].map((it) => it.dueAt));
    const wait = Math.max(dueAt, this.#quietUntil) - this.#o.now();
    this.#cancelTimer = this.#o.after(Math.max(0, wait), () => void this.#lookAtNext());
  }

  async #lookAtNext(): Promise<void> {
    const now = this.#o.now();
    const next = [...this.#watched].sort(([, a], [, b]) => a.dueAt - b.dueAt)[0];
    if (!next || next[1].dueAt > now) return this.#schedule();
    const [id, watched] = next;
    this.#isLooking = true;
    watched.lookedAt = now;
    watched.dueAt = now + Math.min(maxPauseMs, firstPauseMs * 2 ** watched.looks++);
    let text = watched.text;
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(lookMs)]);
      text = await this.#o.look(watched.workload, signal);
    } catch {
      // Nothing new is known; the next look may tell.
    }
    this.#isLooking = false;
    this.#quietUntil = this.#o.now() + gapMs;
    const isNews = text !== watched.text && this.#watched.get(id) === watched;
    watched.text = text;
    if (isNews) this.#o.onChange();
    this.#schedule();
  }
}

function isUnwell({ health }: LiveRecord): boolean {
  return health.status === 'Degraded' || health.status === 'Progressing';
}

function afterMs(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
