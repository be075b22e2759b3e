import { isFoundation } from '@muster/apply-plan';
import type { Step } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import { kindOf, Slots } from './slots.ts';

/** The steps of one bundle. */
interface Lane {
  /** Steps are taken from the end of the first. */
  readonly phases: Step[][];
  /** Of the first phase, by kind: their kind has enough in flight. */
  readonly waiting: Map<string, Step[]>;
  /** Of the first phase. */
  running: number;
}

/**
 * Runs the steps of the newest plan, for each bundle a phase after the other, many at a time. Bundles take turns and
 * don't wait for each other, but for Namespaces and CRDs, whoever brings them, as long as these don't hang. A newer plan replaces what hasn't
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
  /** All others wait for it. */
  #first: Lane = laneOf([]);
  #others: readonly Lane[] = [];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
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
    return this.#inFlight.size === 0 && !this.#hasSteps;
  }

  get #hasSteps(): boolean {
    return [this.#first, ...this.#others].some((lane) => lane.phases.length > 0);
  }

  /** One that hangs is nobody's but its bundle's trouble: what needs it is refused without it, and tried again. */
  get #othersWait(): boolean {
    return this.#first.phases.length > 0 && !this.#slots.isLate(isFoundation);
  }

  replace(phases: readonly (readonly Step[])[]): void {
    this.#turn = 0;
    this.#first = laneOf(phases.map((phase) => phase.filter(isForAll)));
    const byBundle = new Map<string, Step[][]>();
    phases.forEach((phase, at) => {
      for (const step of phase) {
        if (isForAll(step)) continue;
        const bundle = step.kind === 'apply' ? step.object.bundle : step.bundle;
        const theirs = byBundle.get(bundle) ?? phases.map(() => []);
        byBundle.set(bundle, theirs);
        theirs[at]!.push(step);
      }
    });
    this.#others = [...byBundle.values()].map(laneOf);
    this.#pump();
  }

  /** Begins nothing more, and resolves when nothing is in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#first = laneOf([]);
    this.#others = [];
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#inFlight.values());
  }

  #pump(): void {
    clearTimeout(this.#timer);
    while (!this.#stopped && this.#slots.isFree && this.#startNext());
    this.#pumpLater();
    if (!this.isIdle) return;
    const leftOver = this.#leftOver;
    this.#leftOver = false;
    this.#onDrained(leftOver);
  }

  /** No event tells that a step takes long. */
  #pumpLater(): void {
    const inMs = this.#slots.freeInMs;
    const isHeldUp = !this.#slots.isFree || this.#othersWait;
    if (this.#stopped || !isHeldUp || !this.#hasSteps || inMs === undefined) return;
    this.#timer = setTimeout(() => this.#pump(), inMs);
  }

  /** Starts one step: of what all wait for, else of the bundle whose turn it is, or of the next that has one. */
  #startNext(): boolean {
    const first = this.#next(this.#first);
    if (first) this.#start(this.#first, first);
    if (this.#othersWait) return first !== undefined;
    const lanes = this.#others;
    for (let tried = 0; tried < lanes.length; tried++) {
      const lane = lanes[(this.#turn + tried) % lanes.length]!;
      const step = this.#next(lane);
      if (!step) continue;
      this.#turn = (this.#turn + tried + 1) % lanes.length;
      this.#start(lane, step);
      return true;
    }
    return false;
  }

  #next(lane: Lane): Step | undefined {
    for (let phase = lane.phases[0]; phase; phase = lane.phases[0]) {
      const step = phase.pop();
      if (!step) {
        if (lane.running > 0 || lane.waiting.size > 0) return undefined;
        lane.phases.shift();
      } else if (this.#inFlight.has(step.id)) this.#leftOver = true;
      else if (this.#slots.admits(step.id)) return step;
      else wait(lane, step);
    }
    return undefined;
  }

  /** A step of this kind ended: those that waited are tried again, in their order. */
  #release(kind: string): void {
    for (const { waiting, phases } of [this.#first, ...this.#others]) {
      const steps = waiting.get(kind);
      if (!steps) continue;
      waiting.delete(kind);
      phases[0]?.push(...steps.reverse());
    }
  }

  #start(lane: Lane, step: Step): void {
    lane.running++;
    this.#slots.begin(step.id);
    const done = this.#execute(step).finally(() => {
      this.#inFlight.delete(step.id);
      this.#slots.end(step.id);
      this.#release(kindOf(step.id));
      this.#onDone(step);
      lane.running--;
      this.#pump();
    });
    this.#inFlight.set(step.id, done);
  }
}

function laneOf(phases: readonly (readonly Step[])[]): Lane {
  const steps = phases.filter((phase) => phase.length > 0).map((phase) => [...phase].reverse());
  return { phases: steps, waiting: new Map(), running: 0 };
}

function wait({ waiting }: Lane, step: Step): void {
  const kind = kindOf(step.id);
  const others = waiting.get(kind);
  if (others) others.push(step);
  else waiting.set(kind, [step]);
}

/** What one bundle brings, objects of others may need. */
function isForAll(step: Step): boolean {
  return step.kind === 'apply' && isFoundation(step.id);
}
