import type { AssignmentStatus } from './model.ts';

type Listener = (changed: readonly AssignmentStatus[]) => void;

/** The newest status of each bundle, and who wants to hear of changes. */
export class StatusBook {
  readonly #byBundle = new Map<string, { readonly status: AssignmentStatus; readonly print: string }>();
  readonly #listeners = new Set<Listener>();

  all(): readonly AssignmentStatus[] {
    return [...this.#byBundle.values()].map(({ status }) => status);
  }

  has(bundle: string): boolean {
    return this.#byBundle.has(bundle);
  }

  /** What differs in nothing but the time is no news. */
  update(statuses: readonly AssignmentStatus[]): void {
    const changed = statuses.filter((status) => {
      const print = printOf(status);
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

function printOf(status: AssignmentStatus): string {
  const { observedAt: _, version, ...rest } = status;
  return JSON.stringify([`${version.epoch}`, `${version.generation}`, rest]);
}
