import type { ObjectId } from '@muster/manifest';
import type { FieldDifference } from '../../status/model.ts';
import type { Failure } from '../failures.ts';

const firstDelayMs = 1_000;
const maxDelayMs = 60_000;
/** As many fields stand in a message. */
const maxNamed = 3;

/** What was found when an object was last looked at that is not to be written. */
interface Notice {
  readonly digest: string;
  /** At which it is so. */
  readonly resourceVersion: string;
  /** None: it is as its manifest says, only nobody would see it change. */
  readonly differences: readonly FieldDifference[];
  readonly since: number;
  /** No earlier is it looked at again, however often it changes. */
  readonly retryAt: number;
  readonly delayMs: number;
  readonly isStale: boolean;
}

/** Drift that is only reported: looked at once for each change of the object, and less often while it changes all the time. */
export class Notices {
  readonly #byId = new Map<ObjectId, Notice>();
  readonly #versionOf: (id: ObjectId) => string | undefined;
  readonly #now: () => number;

  /** `versionOf` gives the resourceVersion that an object has now, as far as it was seen. */
  constructor(versionOf: (id: ObjectId) => string | undefined, now: () => number) {
    this.#versionOf = versionOf;
    this.#now = now;
  }

  note(id: ObjectId, digest: string, resourceVersion: string, differences: readonly FieldDifference[]): void {
    const now = this.#now();
    const before = this.#byId.get(id);
    const isCalm = !before || now - before.retryAt > before.delayMs;
    const delayMs = isCalm ? firstDelayMs : Math.min(maxDelayMs, before.delayMs * 2);
    this.#byId.set(id, {
      digest,
      resourceVersion,
      differences,
      since: before && before.differences.length > 0 ? before.since : now,
      retryAt: now + delayMs,
      delayMs,
      isStale: false,
    });
  }

  forget(id: ObjectId): void {
    this.#byId.delete(id);
  }

  keepOnly(isKnown: (id: ObjectId) => boolean): void {
    for (const id of this.#byId.keys()) if (!isKnown(id)) this.#byId.delete(id);
  }

  /** What was found under one policy says nothing under another: all is looked at again, and told until then. */
  doubt(): void {
    for (const [id, notice] of this.#byId) this.#byId.set(id, { ...notice, isStale: true });
  }

  /** True when there is nothing to do about the object but to tell of it. */
  isWaiting(id: ObjectId, digest: string | undefined): boolean {
    const notice = this.#byId.get(id);
    if (!notice || notice.isStale || notice.digest !== digest) return false;
    return notice.resourceVersion === this.#versionOf(id) || notice.retryAt > this.#now();
  }

  /** True when the object was looked at, and is as its manifest says. */
  isSame(id: ObjectId): boolean {
    return this.#byId.get(id)?.differences.length === 0;
  }

  of(id: ObjectId): Failure | undefined {
    const notice = this.#byId.get(id);
    if (!notice || notice.differences.length === 0) return undefined;
    const { digest, differences, retryAt } = notice;
    return { digest, attempts: 1, retryAt, reason: 'Drifted', message: messageOf(differences), differences };
  }

  nextRetryAt(since: number): number | undefined {
    let next: number | undefined;
    for (const { retryAt } of this.#byId.values())
      if (retryAt > since && (next === undefined || retryAt < next)) next = retryAt;
    return next;
  }
}

function messageOf(differences: readonly FieldDifference[]): string {
  const named = differences
    .slice(0, maxNamed)
    .map(({ path, manager }) => (manager ? `${path} (${manager})` : path));
  const more = differences.length - named.length;
  const what = named.join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `it differs from its manifest in ${what}; its bundle only reports that`;
}
