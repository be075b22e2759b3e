import { afterApply, withEntries } from './inventory.ts';
import { hasFailed, withoutFailures } from './hook-record.ts';
import type { DesiredObject, InventoryEntry, LiveObject, Plan, PlanInput, Step } from './model.ts';
import { planCluster } from './plan.ts';

export const fleet = 'f1';

interface Thing extends LiveObject {
  readonly madeBy: 'us' | 'them';
  readonly health: { readonly status: string; readonly message: string };
}

/** A cluster in memory, what an agent made durable there, and how often each object was made. */
export class World {
  readonly objects = new Map<string, Thing>();
  /** Durable: what an agent that is started again knows. */
  inventory = new Map<string, InventoryEntry>();
  readonly theirDeleted: string[] = [];
  /** Every object that we made or deleted, in order: `+ id`, `~ id` (written again), `- id`. */
  readonly history: string[] = [];
  #counter = 0;

  addTheirs(id: string): void {
    if (this.objects.has(id)) return;
    const marks = { fleet: undefined, bundle: undefined, marksObject: undefined };
    this.objects.set(id, { ...this.#fresh(id), ...marks, madeBy: 'them' });
  }

  apply(object: DesiredObject): LiveObject {
    const before = this.objects.get(object.id);
    this.history.push(`${before ? '~' : '+'} ${object.id}`);
    const marks = { fleet, bundle: object.bundle, marksObject: object.id };
    const base = before ?? { ...this.#fresh(object.id), madeBy: 'us' as const };
    const after = { ...base, ...marks, resourceVersion: `${++this.#counter}` };
    this.objects.set(object.id, after);
    return after;
  }

  delete(id: string, uid: string): void {
    const found = this.objects.get(id);
    if (found?.uid !== uid) return;
    this.history.push(`- ${id}`);
    if (found.madeBy === 'them') this.theirDeleted.push(id);
    this.objects.delete(id);
  }

  setHealth(id: string, status: string, message = ''): void {
    const found = this.objects.get(id);
    if (found) this.objects.set(id, { ...found, health: { status, message } });
  }

  /** Everything that runs ends as the given function says; what doesn't run is healthy at once. */
  settle(healthOf: (id: string) => string = () => 'Healthy'): void {
    for (const id of this.objects.keys()) this.setHealth(id, healthOf(id), `${healthOf(id)} it is`);
  }

  #fresh(id: string): Omit<Thing, 'fleet' | 'bundle' | 'marksObject' | 'madeBy'> {
    const runs = /^(batch\/Job|apps\/Deployment|apiextensions)/.test(id);
    return {
      uid: `u${++this.#counter}`,
      resourceVersion: '0',
      fieldsHash: 'h',
      terminating: false,
      neverPrune: false,
      health: { status: runs ? 'Progressing' : 'Healthy', message: runs ? 'it begins' : '' },
    };
  }
}

/** The life of an agent process: what it knows beyond what is durable ends with it. */
export class Life {
  memory: Map<string, InventoryEntry>;
  readonly #world: World;
  readonly #input: Partial<PlanInput>;
  /** Called between any two things that another process could see. */
  readonly #checkpoint: () => void;

  constructor(world: World, input: Partial<PlanInput>, checkpoint: () => void = () => undefined) {
    this.memory = new Map(world.inventory);
    this.#world = world;
    this.#input = input;
    this.#checkpoint = checkpoint;
  }

  plan(desired: readonly DesiredObject[], more: Partial<PlanInput> = {}): Plan {
    const { objects } = this.#world;
    return planCluster(
      {
        fleet,
        paused: false,
        bundles: new Map(['a', 'b'].map((name) => [name, { paused: false, complete: true, manifest: 'm1' }])),
        desired,
        inventory: this.memory,
        observe: (id) => {
          const found = objects.get(id);
          return found ? { state: 'present', live: found } : { state: 'absent' };
        },
        pruneHolds: [],
        deletionConsents: new Set(['a', 'b']),
        deletionGuard: { maxPercent: 30, maxObjects: 10 },
        isBackingOff: () => false,
        health: (id) => objects.get(id)?.health,
        now: 0,
        ...this.#input,
        ...more,
      },
      { apiVersionOf: () => 'v1' },
    );
  }

  /** One round: plan, make what is intended durable, do the steps, make what was done durable. */
  round(desired: readonly DesiredObject[], more: Partial<PlanInput> = {}): Plan {
    const plan = this.plan(desired, more);
    const forgotten = plan.forgets.map((forget) => forget.id);
    this.memory = withEntries(this.memory, plan.intents, forgotten);
    if (plan.intents.length > 0) this.#commit();
    for (const step of plan.phases.flat()) this.#step(step);
    this.#tellLastWords();
    this.#commit();
    return plan;
  }

  /** Rounds until one has nothing to do; everything comes to its end meanwhile. */
  settle(desired: readonly DesiredObject[], healthOf?: (id: string) => string): Plan {
    for (let rounds = 0; rounds < 50; rounds++) {
      const plan = this.round(desired);
      const before = JSON.stringify([...this.#world.objects]);
      this.#world.settle(healthOf);
      const isStill = before === JSON.stringify([...this.#world.objects]);
      if (plan.phases.length === 0 && plan.intents.length === 0 && isStill) return plan;
    }
    throw new Error(`it never rests: ${this.#world.history.slice(-10).join(', ')}`);
  }

  /** As a person's `muster sync` does. */
  retryHooks(): void {
    for (const entry of this.memory.values())
      if (entry.hook && hasFailed(entry.hook))
        this.memory.set(entry.id, { ...entry, hook: withoutFailures(entry.hook) });
  }

  #step(step: Step): void {
    this.#checkpoint();
    if (step.kind === 'delete') {
      this.#world.delete(step.id, step.uid);
      this.#checkpoint();
      if (!step.ofHook) this.memory = withEntries(this.memory, [], [step.id]);
      return;
    }
    const seen = this.#world.apply(step.object);
    this.#checkpoint();
    this.memory.set(step.id, afterApply(this.memory.get(step.id), step.object, 'v1', seen));
  }

  #tellLastWords(): void {
    for (const entry of this.memory.values()) {
      if (!entry.hook || !hasFailed(entry.hook)) continue;
      const runs = entry.hook.runs.map((run) =>
        run.state === 'failed' && run.tail === undefined ? { ...run, tail: 'last words' } : run,
      );
      this.memory.set(entry.id, { ...entry, hook: { ...entry.hook, runs } });
    }
  }

  #commit(): void {
    this.#checkpoint();
    this.#world.inventory = new Map(this.memory);
    this.#checkpoint();
  }
}
