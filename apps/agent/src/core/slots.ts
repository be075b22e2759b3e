import type { ObjectId } from '@muster/manifest';

/** Longer than a healthy API server takes for a write. */
const lateMs = 2_000;
/** So many late steps don't count; each holds a connection. */
const maxUncounted = 12;
/** Of a kind whose writes are late. */
const maxOfLateKind = 4;

/**
 * Who may begin: so many at once, but for those that are late. Writes to an API whose webhook hangs take half a minute
 * each, and would hold all places while everything else waits; so a late step gives its place away, and of a kind that
 * has late ones only few are tried at a time.
 */
export class Slots {
  readonly #atOnce: number;
  readonly #now: () => number;
  /** When each began, the oldest first. */
  readonly #since = new Map<ObjectId, number>();
  readonly #byKind = new Map<string, number>();

  constructor(atOnce: number, now: () => number = () => performance.now()) {
    this.#atOnce = atOnce;
    this.#now = now;
  }

  begin(id: ObjectId): void {
    this.#since.set(id, this.#now());
    this.#byKind.set(kindOf(id), this.#of(kindOf(id)) + 1);
  }

  end(id: ObjectId): void {
    if (!this.#since.delete(id)) return;
    const left = this.#of(kindOf(id)) - 1;
    if (left > 0) this.#byKind.set(kindOf(id), left);
    else this.#byKind.delete(kindOf(id));
  }

  get isFree(): boolean {
    return this.#since.size - Math.min(maxUncounted, this.#late().length) < this.#atOnce;
  }

  /** False while the object's kind has late steps enough. */
  admits(id: ObjectId): boolean {
    const kind = kindOf(id);
    if (this.#of(kind) < maxOfLateKind) return true;
    return !this.#late().some((late) => kindOf(late) === kind);
  }

  /** When the next step gives its place away, unless it ends before; `undefined` when none will. */
  get freeInMs(): number | undefined {
    const late = this.#late().length;
    if (late >= maxUncounted) return undefined;
    const next = [...this.#since.values()][late];
    return next === undefined ? undefined : Math.max(1, next + lateMs - this.#now());
  }

  #late(): readonly ObjectId[] {
    const late: ObjectId[] = [];
    const before = this.#now() - lateMs;
    for (const [id, since] of this.#since) {
      if (since > before) break;
      late.push(id);
    }
    return late;
  }

  #of(kind: string): number {
    return this.#byKind.get(kind) ?? 0;
  }
}

/** `<group>/<Kind>`. */
export function kindOf(id: ObjectId): string {
  return id.split('/', 2).join('/');
}
