import type { ObjectId } from '@muster/manifest';
import type { FieldDifference } from '../status/model.ts';
import type { Failure } from './failures.ts';

const freeHeals = 3;
/** So many more are free where each is about another field: people edit one thing after the other. */
const freeEdits = 7;
const calmMs = 60_000;
const maxDelayMs = 60_000;
/** As many managers and fields are named. */
const maxNames = 3;

/** What was found when an object had to be set right. */
export type Offence =
  | { readonly kind: 'changed'; readonly differences: readonly FieldDifference[] }
  | { readonly kind: 'deleted' };

interface Fight {
  readonly digest: string;
  /** How often it was set right, whatever for. */
  readonly total: number;
  /** How often the field was that was changed the most often of those that were changed last. */
  readonly heals: number;
  /** By field. */
  readonly counts: ReadonlyMap<string, number>;
  readonly since: number;
  readonly retryAt: number;
  readonly last: Offence;
  /** All that had a part in it, the newest first. */
  readonly managers: readonly string[];
  readonly fields: readonly string[];
}

/**
 * Objects that somebody keeps changing back. Drift is healed at once, but a manager that is as stubborn as we are
 * would make both write for ever: the first heals in a minute are free, each later one waits twice as long.
 */
export class Fights {
  readonly #byId = new Map<ObjectId, Fight>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  healed(id: ObjectId, digest: string, offence: Offence): void {
    const now = this.#now();
    for (const [known, fight] of this.#byId) if (this.#isOver(fight)) this.#byId.delete(known);
    const known = this.#byId.get(id);
    const before = known?.digest === digest ? known : undefined;
    const found = offence.kind === 'changed' ? offence.differences : [];
    const counts = counted(before?.counts, found.length > 0 ? found.map(({ path }) => path) : ['']);
    const total = (before?.total ?? 0) + 1;
    const heals = Math.max(...counts.values());
    const excess = Math.max(heals, total - freeEdits) - freeHeals;
    const delay = excess < 0 ? 0 : Math.min(maxDelayMs, 1_000 * 2 ** excess);
    this.#byId.set(id, {
      digest,
      total,
      heals,
      counts,
      since: before?.since ?? now,
      retryAt: now + delay,
      last: offence,
      managers: named([...found.map(({ manager }) => manager), ...(before?.managers ?? [])]),
      fields: named([...found.map(({ path }) => path), ...(before?.fields ?? [])]),
    });
  }

  /** True when one heal more makes it a fight, of which everything is told. */
  isBrewing(id: ObjectId): boolean {
    const fight = this.#byId.get(id);
    if (!fight || this.#isOver(fight)) return false;
    return Math.max(fight.heals, fight.total - freeEdits) >= freeHeals - 1;
  }

  isWaiting(id: ObjectId, digest: string | undefined): boolean {
    const fight = this.#byId.get(id);
    return fight !== undefined && fight.digest === digest && fight.retryAt > this.#now();
  }

  /** What to tell of an object that is not as it should be, once it is a fight. */
  of(id: ObjectId): Failure | undefined {
    const fight = this.#byId.get(id);
    if (!fight || this.#isOver(fight)) return undefined;
    const { total, heals } = fight;
    if (Math.max(heals, total - freeEdits) < freeHeals) return undefined;
    return {
      digest: fight.digest,
      attempts: total,
      retryAt: fight.retryAt,
      reason: 'Conflict',
      message: messageOf(fight),
      ...(fight.last.kind === 'changed' && { differences: fight.last.differences }),
    };
  }

  /** When the next object may be set right again that could not be at that time. */
  nextRetryAt(since: number): number | undefined {
    let next: number | undefined;
    for (const { retryAt } of this.#byId.values())
      if (retryAt > since && (next === undefined || retryAt < next)) next = retryAt;
    return next;
  }

  forgive(): void {
    this.#byId.clear();
  }

  #isOver({ retryAt }: Fight): boolean {
    return this.#now() - retryAt > calmMs;
  }
}

/** The fields of one offence, each once more than before; those that are left alone now start anew. */
function counted(
  before: ReadonlyMap<string, number> | undefined,
  fields: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(fields.map((field) => [field, (before?.get(field) ?? 0) + 1]));
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').slice(0, maxNames);
}

function messageOf({ last, managers, fields, heals, total }: Fight): string {
  const who = managers.length > 0 ? managers.join(' and ') : 'another manager';
  const often = `${heals < freeHeals ? total : heals} times in a row`;
  if (last.kind === 'deleted') return `it keeps being deleted: it was made or set right again ${often}`;
  const what = fields.length > 0 ? fields.join(' and ') : 'it';
  return `${who} ${managers.length > 1 ? 'keep' : 'keeps'} changing ${what}: it was set right ${often}`;
}
