import type { ObjectId } from '@muster/manifest';

/** Longer than a healthy API server takes for a write. */
const lateMs = 2_000;
/** So many late steps don't count; each holds a connection. */
const maxUncounted = 12;
/** Of a kind in a namespace where its writes are late. */
const maxOfLatePlace = 4;
/** Of the same kind in any other namespace. */
const maxBesideLate = 2;
/** Of a kind whose writes are late anywhere: more than may begin at once, so that one namespace is not all of it. */
const maxOfLateKind = 20;

/**
 * Who may begin: so many at once, but for those that are late. Writes to an API whose webhook hangs take half a minute
 * each, and would hold all places while everything else waits; so a late step gives its place away, and where some are
 * late, only few more are tried. Webhooks are for kinds, or for kinds in some namespaces.
 */
export class Slots {
  readonly #atOnce: number;
  readonly #now: () => number;
  /** When each began, the oldest first. */
  readonly #since = new Map<ObjectId, number>();
  /** How many are in flight, by kind, and by kind and namespace. */
  readonly #counts = new Map<string, number>();

  constructor(atOnce: number, now: () => number = () => performance.now()) {
    this.#atOnce = atOnce;
    this.#now = now;
  }

  begin(id: ObjectId): void {
    this.#since.set(id, this.#now());
    for (const key of [kindOf(id), placeOf(id)]) this.#counts.set(key, this.#of(key) + 1);
  }

  end(id: ObjectId): void {
    if (!this.#since.delete(id)) return;
    for (const key of [kindOf(id), placeOf(id)]) {
      const left = this.#of(key) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    }
  }

  get isFree(): boolean {
    return this.#since.size - Math.min(maxUncounted, this.#late().length) < this.#atOnce;
  }

  /** False while enough of what is late where the object is were tried. */
  admits(id: ObjectId): boolean {
    const kind = kindOf(id);
    const place = placeOf(id);
    const besides = this.#of(place);
    if (besides < maxBesideLate && this.#of(kind) < maxOfLateKind) return true;
    const late = this.#late().filter((it) => kindOf(it) === kind);
    if (late.length === 0) return true;
    if (this.#of(kind) >= maxOfLateKind) return false;
    return late.some((it) => placeOf(it) === place) && besides < maxOfLatePlace;
  }

  /** Whether one of these is late. */
  isLate(which: (id: ObjectId) => boolean): boolean {
    return this.#late().some(which);
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

  #of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
}

/** `<group>/<Kind>`. */
export function kindOf(id: ObjectId): string {
  return id.split('/', 2).join('/');
}

/** `<group>/<Kind>/<namespace>`. */
function placeOf(id: ObjectId): string {
  return id.split('/', 3).join('/');
}
