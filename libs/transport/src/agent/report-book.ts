import { AssignmentStatus } from '@muster/contracts';
import type { RefusedState, Report, Version } from '@muster/contracts';
import { compareVersions } from '@muster/manifest';
import type { ReportUpdate } from '../agent-port.ts';
import { MAX_REPORT_BYTES } from '../shared/limits.ts';

const MAX_MESSAGE_CHARACTERS = 1_000;
const MAX_OBJECTS = 100;
const MAX_WARNINGS = 20;

interface InFlight {
  readonly sequence: bigint;
  readonly statuses: readonly AssignmentStatus[];
}

/**
 * What the hub is to know of the assignments, and what it doesn't know yet. Holds one state per bundle, however long
 * the hub is away. One report is under way at a time: what changes meanwhile merges into the next.
 */
export class ReportBook {
  readonly #states = new Map<string, AssignmentStatus>();
  readonly #untold = new Set<string>();
  #applied: Version | undefined;
  #refused: RefusedState | undefined;
  #emptied: Version | undefined;
  /** Of `#applied`, `#refused` and `#emptied`. */
  #versionsUntold = false;
  /** Whether `#states` is all there is. */
  #whole = false;
  #wholeUntold = false;
  #sequence = 0n;
  #inFlight: InFlight | undefined;
  readonly #onForgotten: (bundle: string) => void;

  /** `onForgotten`: the hub knows that this bundle is gone. */
  constructor(onForgotten: (bundle: string) => void = () => undefined) {
    this.#onForgotten = onForgotten;
  }

  /** A new session: the hub is told everything anew. */
  begin(): void {
    this.#sequence = 0n;
    this.#inFlight = undefined;
    for (const bundle of this.#states.keys()) this.#untold.add(bundle);
    this.#versionsUntold = [this.#applied, this.#refused, this.#emptied].some((it) => it !== undefined);
    this.#wholeUntold = this.#whole;
  }

  update(update: ReportUpdate): void {
    if (update.whole === true) this.#keepOnly(update.assignments);
    for (const status of update.assignments) this.#set(bounded(status));
    if (update.applied !== undefined) {
      this.#applied = update.applied;
      if (this.#refused !== undefined && !isNewer(this.#refused.version, update.applied))
        this.#refused = undefined;
      this.#versionsUntold = true;
    }
    if (update.emptied !== undefined && isNewer(update.emptied, this.#emptied)) {
      this.#emptied = update.emptied;
      this.#versionsUntold = true;
    }
    if (update.refused !== undefined) {
      this.#refused = { ...update.refused, message: clipped(update.refused.message) };
      this.#versionsUntold = true;
    }
  }

  /** The next report to send; `undefined` while one is under way or there is nothing to tell. */
  take(): Report | undefined {
    const nothing = this.#untold.size === 0 && !this.#versionsUntold && !this.#wholeUntold;
    if (this.#inFlight !== undefined || nothing) return undefined;
    const statuses = this.#takeStatuses();
    const complete = this.#wholeUntold && this.#untold.size === 0;
    if (complete) this.#wholeUntold = false;
    this.#versionsUntold = false;
    this.#inFlight = { sequence: ++this.#sequence, statuses };
    const versions = { applied: this.#applied, refused: this.#refused, emptied: this.#emptied };
    return { sequence: this.#sequence, assignments: statuses, complete, ...versions };
  }

  acknowledged(sequence: bigint): void {
    if (this.#inFlight === undefined || sequence < this.#inFlight.sequence) return;
    const { statuses } = this.#inFlight;
    this.#inFlight = undefined;
    for (const status of statuses) {
      if (!status.gone || this.#states.get(status.bundle) !== status) continue;
      this.#states.delete(status.bundle);
      this.#onForgotten(status.bundle);
    }
  }

  #keepOnly(assignments: readonly AssignmentStatus[]): void {
    const present = new Set(assignments.map((status) => status.bundle));
    for (const [bundle, status] of this.#states) {
      if (!present.has(bundle) && !status.gone) this.#set({ ...status, gone: true });
    }
    if (!this.#whole) this.#wholeUntold = true;
    this.#whole = true;
  }

  #set(status: AssignmentStatus): void {
    this.#states.set(status.bundle, status);
    this.#untold.add(status.bundle);
  }

  /** As many as fit a report; at least one, if there is any. */
  #takeStatuses(): AssignmentStatus[] {
    const statuses: AssignmentStatus[] = [];
    let size = 0;
    for (const bundle of this.#untold) {
      const status = this.#states.get(bundle);
      if (status === undefined) continue;
      size += AssignmentStatus.encode(status).finish().length;
      if (statuses.length > 0 && size > MAX_REPORT_BYTES) break;
      statuses.push(status);
      this.#untold.delete(bundle);
    }
    return statuses;
  }
}

/** A status that fits a message in any case: the worst objects come first, so what is cut matters least. */
function bounded(status: AssignmentStatus): AssignmentStatus {
  return {
    ...status,
    message: clipped(status.message),
    objects: status.objects
      .slice(0, MAX_OBJECTS)
      .map((object) => ({ ...object, message: clipped(object.message) })),
    warnings: status.warnings.slice(0, MAX_WARNINGS).map(clipped),
  };
}

function isNewer(version: Version | undefined, than: Version | undefined): boolean {
  return version !== undefined && (than === undefined || compareVersions(version, than) > 0);
}

function clipped(text: string): string {
  return text.length <= MAX_MESSAGE_CHARACTERS ? text : `${text.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`;
}
