import type { Step } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import { kindOf, Slots } from './slots.ts';

/**
 * Runs the steps of the newest plan, a phase after the other, many at a time. A newer plan replaces what hasn't
 * begun; what is in flight ends as it does, and no step begins for an object that has one in flight. Steps of a kind
 * whose writes hang wait for each other, and nobody else waits for them but the next phase.
 */
export class Runner {
  readonly #execute: (step: Step) => Promise<void>;
  /** Called when a step ended and its object has nothing in flight any more. */
  readonly #onDone: (step: Step) => void;
  readonly #slots: Slots;
  /** Called whenever nothing is left; `leftOver` when a step of the plan gave way to one in flight. */
  readonly #onDrained: (leftOver: boolean) => void;
  readonly #inFlight = new Map<ObjectId, Promise<void>>();
  #phases: Step[][] = [];
  /** Of the current phase, by kind: their kind has enough in flight. */
  readonly #waiting = new Map<string, Step[]>();
  #timer: NodeJS.Timeout | undefined;
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
    this.#slots = new Slots(atOnce);
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
    this.#waiting.clear();
    // Steps are taken from the end.
    this.#phases = phases.map((phase) => [...phase].reverse());
    this.#pump();
  }

  /** Begins nothing more, and resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#phases = [];
    this.#waiting.clear();
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#inFlight.values());
  }

  #pump(): void {
    clearTimeout(this.#timer);
    while (!this.#stopped && this.#slots.isFree) {
      const phase = this.#phases[0];
      if (!phase) break;
      const step = phase.pop();
      if (!step) {
        if (this.#running > 0 || this.#waiting.size > 0) break;
        this.#phases.shift();
      } else if (this.#inFlight.has(step.id)) {
        this.#leftOver = true;
      } else if (!this.#slots.admits(step.id)) {
        this.#wait(step);
      } else {
        this.#start(step);
      }
    }
    this.#pumpLater();
    if (!this.isIdle) return;
    const leftOver = this.#leftOver;
    this.#leftOver = false;
    this.#onDrained(leftOver);
  }

  /** No event tells that a step takes long. */
  #pumpLater(): void {
    const inMs = this.#slots.freeInMs;
    if (this.#stopped || this.#slots.isFree || this.#phases.length === 0 || inMs === undefined) return;
    this.#timer = setTimeout(() => this.#pump(), inMs);
  }

  #wait(step: Step): void {
    const kind = kindOf(step.id);
    const others = this.#waiting.get(kind);
    if (others) others.push(step);
    else this.#waiting.set(kind, [step]);
  }

  /** A step of this kind ended: those that waited are tried again, in their order. */
  #release(kind: string): void {
    const waiting = this.#waiting.get(kind);
    if (!waiting) return;
    this.#waiting.delete(kind);
    this.#phases[0]?.push(...waiting.reverse());
  }

  #start(step: Step): void {
    const era = this.#era;
    this.#running++;
    this.#slots.begin(step.id);
    const done = this.#execute(step).finally(() => {
      this.#inFlight.delete(step.id);
      this.#slots.end(step.id);
      this.#release(kindOf(step.id));
      this.#onDone(step);
      if (era === this.#era) this.#running--;
      this.#pump();
    });
    this.#inFlight.set(step.id, done);
  }
}
