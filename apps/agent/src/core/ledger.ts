import type { InventoryEntry, LiveObject, Plan } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { Lease } from '../lease/lease.ts';
import { NoLeaseError } from '../lease/no-lease.ts';
import type { Log } from '../log.ts';
import type { ClusterState, HeadContent } from '../state/cluster-state.ts';

/** The inventory in memory, and whether the cluster knows it as it is here. */
export class Ledger {
  readonly #entries: Map<ObjectId, InventoryEntry>;
  readonly #state: Pick<ClusterState, 'commit'>;
  readonly #lease: Pick<Lease, 'mayWrite'>;
  readonly #log: Pick<Log, 'info' | 'debug'>;
  #hasChanged = false;
  #isUrgent = false;
  /** Commits under way that hold something urgent. */
  #urgentCommits = 0;

  constructor(
    entries: readonly InventoryEntry[],
    state: Pick<ClusterState, 'commit'>,
    lease: Pick<Lease, 'mayWrite'>,
    log: Pick<Log, 'info' | 'debug'>,
  ) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#state = state;
    this.#lease = lease;
    this.#log = log;
  }

  get entries(): ReadonlyMap<ObjectId, InventoryEntry> {
    return this.#entries;
  }

  /** True when the cluster's copy is older. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  get(id: ObjectId): InventoryEntry | undefined {
    return this.#entries.get(id);
  }

  set(entry: InventoryEntry): void {
    this.#entries.set(entry.id, entry);
    this.#hasChanged = true;
  }

  /** True when nothing more may be done before the cluster knows it too: also while it is being told. */
  get isUrgent(): boolean {
    return this.#isUrgent || this.#urgentCommits > 0;
  }

  /** What has to be durable before anything follows from it. */
  setFirst(entry: InventoryEntry): void {
    this.set(entry);
    this.#isUrgent = true;
  }

  /** Before a TTL removes what ended: that must not look as if somebody had deleted it. The entry as it is now. */
  noteEnd(entry: InventoryEntry, live: LiveObject | undefined): InventoryEntry {
    if (!live?.ended || entry.ended || entry.hook || live.uid !== entry.uid) return entry;
    const ended: InventoryEntry = { ...entry, ended: true };
    this.setFirst(ended);
    return ended;
  }

  /** What costs nothing to learn again is no reason to write. */
  note(entry: InventoryEntry): void {
    this.#entries.set(entry.id, entry);
  }

  delete(id: ObjectId): boolean {
    if (!this.#entries.delete(id)) return false;
    this.#hasChanged = true;
    return true;
  }

  /** What a plan says of the inventory before anything is written. */
  absorb(plan: Plan): void {
    for (const forget of plan.forgets) {
      this.delete(forget.id);
      this.#log[forget.reason === 'gone' ? 'debug' : 'info'](
        { object: forget.id, bundle: forget.bundle, reason: forget.reason },
        'an object left the inventory',
      );
    }
    // Were they merely set, a commit that failed would be forgotten: the next plan finds them here, and makes none.
    for (const intent of plan.intents) this.setFirst(intent);
  }

  /** Makes all of it durable, with the desired state that it is of. */
  async commit(content: HeadContent, then: 'intents-written' | 'inventory-written'): Promise<void> {
    if (!this.#lease.mayWrite()) throw new NoLeaseError();
    const wasUrgent = this.#isUrgent;
    this.#hasChanged = this.#isUrgent = false;
    if (wasUrgent) this.#urgentCommits++;
    try {
      await this.#state.commit(content, this.#entries.values(), then);
    } catch (error) {
      this.#hasChanged = true;
      this.#isUrgent ||= wasUrgent;
      throw error;
    } finally {
      if (wasUrgent) this.#urgentCommits--;
    }
  }
}
