import { compareVersions } from '@muster/manifest';
import type { Version } from '@muster/manifest';
import type { AssignmentStatus } from './model.ts';

interface Entry {
  readonly status: AssignmentStatus;
  readonly print: string;
}

type Listener = (changed: readonly AssignmentStatus[]) => void;

/** The newest status of each bundle, and who wants to hear of changes. */
export class StatusBook {
  readonly #byBundle = new Map<string, Entry>();
  readonly #listeners = new Set<Listener>();
  #awaited: Version | undefined;
  #becomeWhole: () => void = () => undefined;
  /** Resolves with the first update: from then on the book holds all there is to say. */
  readonly whole = new Promise<void>((resolve) => {
    this.#becomeWhole = resolve;
  });

  all(): readonly AssignmentStatus[] {
    return [...this.#byBundle.values()].map(({ status }) => status);
  }

  has(bundle: string): boolean {
    return this.#byBundle.has(bundle);
  }

  /**
   * Every bundle's status of this desired state, or a newer one, is news, even where it is as it was: states that this
   * agent never saw came between, and what they changed and changed back the hub waits to hear of.
   */
  tellAllOf(version: Version): void {
    this.#awaited = version;
  }

  /**
   * What differs in nothing but the time, or the version of a desired state that changed other bundles, is no news.
   * `assignedAs` gives what a bundle is told to be: when that changes, so that the hub waits to hear of it, a status
   * is news even where the cluster looks the same.
   */
  update(statuses: readonly AssignmentStatus[], assignedAs: (bundle: string) => string): void {
    this.#becomeWhole();
    const changed = statuses.filter((status) => {
      const print = printOf(status, assignedAs(status.bundle));
      const told = this.#byBundle.get(status.bundle);
      if (told?.print === print && !this.#isAwaited(status, told.status)) return false;
      this.#byBundle.set(status.bundle, { status, print });
      return true;
    });
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
  }

  #isAwaited(status: AssignmentStatus, told: AssignmentStatus): boolean {
    const awaited = this.#awaited;
    if (awaited === undefined) return false;
    return compareVersions(told.version, awaited) < 0 && compareVersions(status.version, awaited) >= 0;
  }

  forgetGone(bundle: string): void {
    if (this.#byBundle.get(bundle)?.status.gone) this.#byBundle.delete(bundle);
  }

  listen(listener: Listener, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }
}

function printOf(status: AssignmentStatus, assignedAs: string): string {
  const { observedAt: _, version: __, ...rest } = status;
  return JSON.stringify([assignedAs, rest]);
}
