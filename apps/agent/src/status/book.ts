import type { AssignmentStatus } from './model.ts';

type Listener = (changed: readonly AssignmentStatus[]) => void;

/** The newest status of each bundle, and who wants to hear of changes. */
export class StatusBook {
  readonly #byBundle = new Map<string, { readonly status: AssignmentStatus; readonly print: string }>();
  readonly #listeners = new Set<Listener>();
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
   * What differs in nothing but the time, or the version of a desired state that changed other bundles, is no news.
   * `assignedAs` gives what a bundle is told to be: when that changes, so that the hub waits to hear of it, a status
   * is news even where the cluster looks the same.
   */
  update(statuses: readonly AssignmentStatus[], assignedAs: (bundle: string) => string): void {
    this.#becomeWhole();
    const changed = statuses.filter((status) => {
      const print = printOf(status, assignedAs(status.bundle));
      if (this.#byBundle.get(status.bundle)?.print === print) return false;
      this.#byBundle.set(status.bundle, { status, print });
      return true;
    });
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
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
