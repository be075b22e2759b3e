import { hasFailed, viewHook, withoutFailures } from '@muster/apply-plan';
import type { InventoryEntry, PlanInput } from '@muster/apply-plan';
import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { Ledger } from './ledger.ts';
import { runsPods } from './pod-trouble.ts';
import type { Workload } from './pod-trouble.ts';
import type { Wanted } from './target.ts';

export interface HooksOptions {
  readonly ledger: Pick<Ledger, 'entries' | 'get' | 'setFirst'>;
  /** The end of a failed workload's log. */
  readonly tailOf: (workload: Workload, signal: AbortSignal) => Promise<string | undefined>;
  /** More is known than the last plan knew. */
  readonly onNews: () => void;
  readonly now: () => number;
}

/** A log that can't be had in time must not keep a failure from being told. */
const tailMs = 10_000;

/** What happens to hooks between the rounds. */
export class Hooks {
  readonly #o: HooksOptions;
  readonly #stop = new AbortController();
  readonly #looking = new Set<ObjectId>();

  constructor(options: HooksOptions) {
    this.#o = options;
  }

  /**
   * A hook's object changed. Its end is taken down at once, because a TTL may remove the object before the next
   * round begins. True when that was news, or the object is gone.
   */
  changed(entry: InventoryEntry, wanted: Wanted | undefined, input: PlanInput): boolean {
    const { id, bundle } = entry;
    const placement = wanted?.object.placement;
    if (!placement?.hook) return true;
    const object = { id, bundle, digest: wanted!.object.digest, placement };
    const view = viewHook(input, object, placement.hook);
    if (view.isNews && view.entry) this.#o.ledger.setFirst(view.entry);
    return view.isNews || input.observe(id).state !== 'present';
  }

  /**
   * Its object was made: from now on the deadline counts. That becomes durable at once, whatever others do meanwhile: an
   * agent that is started again when the object is gone must know that there was one.
   */
  begun(id: ObjectId): void {
    const entry = this.#o.ledger.get(id);
    if (entry?.state !== 'owned' || !entry.hook) return;
    const startedAt = this.#o.now();
    const runs = entry.hook.runs.map((run) => (run.state === 'started' ? { ...run, startedAt } : run));
    this.#o.ledger.setFirst({ ...entry, hook: { ...entry.hook, runs } });
    this.#o.onNews();
  }

  /** Keeps the last that a failed hook wrote, before anything deletes it. */
  async keepLastWords(id: ObjectId): Promise<void> {
    const { ledger, tailOf, onNews } = this.#o;
    const key = parseObjectId(id);
    if (!key || this.#looking.has(id) || !isMute(ledger.get(id))) return;
    this.#looking.add(id);
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(tailMs)]);
    const tail = runsPods(key) ? await tailOf(key, signal).catch(() => undefined) : undefined;
    this.#looking.delete(id);
    const entry = ledger.get(id);
    if (this.#stop.signal.aborted || !entry?.hook || !isMute(entry)) return;
    const runs = entry.hook.runs.map((run) =>
      run.state === 'failed' && run.tail === undefined ? { ...run, tail: tail ?? '' } : run,
    );
    ledger.setFirst({ ...entry, hook: { ...entry.hook, runs } });
    onNews();
  }

  /** A person asks to try again what failed: of one bundle, or of all. */
  retry(bundle: string | undefined): void {
    const { ledger } = this.#o;
    const failed = new Set<string>();
    for (const entry of ledger.entries.values())
      if (hasFailed(entry.hook) && (bundle === undefined || entry.bundle === bundle))
        failed.add(entry.bundle);
    for (const entry of [...ledger.entries.values()])
      if (entry.hook && failed.has(entry.bundle))
        ledger.setFirst({ ...entry, hook: withoutFailures(entry.hook) });
  }

  stop(): void {
    this.#stop.abort();
  }
}

/** It failed, and nobody has looked for its last words. */
function isMute(entry: InventoryEntry | undefined): boolean {
  return entry?.hook?.runs.some((run) => run.state === 'failed' && run.tail === undefined) ?? false;
}
