import type { Step } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';

/**
 * Runs the steps of the newest plan, a phase after the other, many at a time. A newer plan replaces what hasn't
 * begun; what is in flight ends as it does, and no step begins for an object that has one in flight.
 */
export class Runner {
  readonly #execute: (step: Step) => Promise<void>;
  /** Called when a step ended and its object has nothing in flight any more. */
  readonly #onDone: (step: Step) => void;
  readonly #atOnce: number;
  /** Called whenever nothing is left; `leftOver` when a step of the plan gave way to one in flight. */
  readonly #onDrained: (leftOver: boolean) => void;
  readonly #inFlight = new Map<ObjectId, Promise<void>>();
  #phases: Step[][] = [];
  /** Of the current plan's current phase. */
  #running = 0;
  #era = 0;
  #leftOver = false;
  #stopped = false;

  constructor(
    execute: (step: Step) => Promise<void>,
    onDone: (step: Step) => void,
    atOnce: number,
    onDrained: (leftOver: boolean) => void,
  ) {
    this.#execute = execute;
    this.#onDone = onDone;
    this.#atOnce = atOnce;
    this.#onDrained = onDrained;
  }

  isInFlight(id: ObjectId): boolean {
    return this.#inFlight.has(id);
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#phases.length === 0;
  }

  replace(phases: readonly (readonly Step[])[]): void {
    this.#era++;
    this.#running = 0;
    // Steps are taken from the end.
    this.#phases = phases.map((phase) => [...phase].reverse());
    this.#pump();
  }

  /** Begins nothing more, and resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#phases = [];
    await Promise.allSettled(this.#inFlight.values());
  }

  #pump(): void {
    while (!this.#stopped && this.#inFlight.size < this.#atOnce) {
      const phase = this.#phases[0];
      if (!phase) break;
      const step = phase.pop();
      if (!step) {
        if (this.#running > 0) break;
        this.#phases.shift();
      } else if (this.#inFlight.has(step.id)) {
        this.#leftOver = true;
      } else {
        this.#start(step);
      }
    }
    if (!this.isIdle) return;
    const leftOver = this.#leftOver;
    this.#leftOver = false;
    this.#onDrained(leftOver);
  }

  #start(step: Step): void {
    const era = this.#era;
    this.#running++;
    const done = this.#execute(step).finally(() => {
      this.#inFlight.delete(step.id);
      this.#onDone(step);
      if (era === this.#era) this.#running--;
      this.#pump();
    });
    this.#inFlight.set(step.id, done);
  }
}
