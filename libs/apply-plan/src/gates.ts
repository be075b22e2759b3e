import { viewHook } from './hook-runs.ts';
import type { HookView, Turn } from './hook-runs.ts';
import type { DesiredObject, PlanInput, Wait } from './model.ts';
import { whatLacks } from './lacks.ts';
import { failureMessage, turnMessage } from './turn-messages.ts';
import { compareStages, stageName, stageOf, stageOfHook, stageOfUnplanned } from './stage.ts';
import type { Stage } from './stage.ts';

const crdPrefix = 'apiextensions.k8s.io/CustomResourceDefinition/';

interface Lack {
  readonly message: string;
  readonly object?: string;
}

/** How far a bundle has come. */
interface Progress {
  /** What comes after this stage waits; absent: all stages are done. */
  readonly frontier: Stage | undefined;
  readonly wait: Wait | undefined;
  /** What the frontier lacks. */
  readonly lack: Lack | undefined;
  /** By object, in the order of the manifest. */
  readonly hooks: ReadonlyMap<string, HookView>;
  readonly failure: { readonly view: HookView; readonly message: string } | undefined;
}

/**
 * What new objects of a bundle wait for. Computed from what is known now, never remembered: the objects that come
 * earlier are applied with their present digest and healthy, or they are not. Bundles whose objects all are of one
 * wave, without hooks and CRDs, cost nothing here.
 */
export class Gates {
  readonly #input: PlanInput;
  readonly #granted: Iterable<DesiredObject>;
  readonly #progress = new Map<string, Progress>();
  readonly #waits = new Map<string, Wait>();
  readonly #dependencyWaits = new Map<string, Wait | undefined>();
  readonly #lacks = new Map<string, Lack | undefined>();
  #byBundle: ReadonlyMap<string, readonly DesiredObject[]> | undefined;

  constructor(input: PlanInput, granted: Iterable<DesiredObject>) {
    this.#input = input;
    this.#granted = granted;
    const ordered = new Set<string>();
    for (const { id, bundle, placement } of granted)
      if (placement || id.startsWith(crdPrefix)) ordered.add(bundle);
    // One whose kind isn't served may be all that has a turn.
    for (const { bundle, placement } of input.unplanned ?? []) if (placement) ordered.add(bundle);
    for (const bundle of ordered) this.#progress.set(bundle, this.#progressOf(bundle));
  }

  /** Those that made something wait. */
  get waits(): readonly Wait[] {
    return [...this.#waits.values()];
  }

  get hooks(): readonly HookView[] {
    return [...this.#progress.values()].flatMap((progress) => [...progress.hooks.values()]);
  }

  /** The hook whose failure stops the bundle. */
  failureOf(bundle: string): Progress['failure'] {
    return this.#progress.get(bundle)?.failure;
  }

  /** Why an ordinary object that is new, or was changed, isn't written yet. */
  waitOf(object: DesiredObject): Wait | undefined {
    const { bundle } = object;
    return this.#noted(this.#dependencyWait(bundle) ?? this.#stageWait(bundle, stageOf(this.#input, object)));
  }

  waitOfHook(view: HookView, turn: Turn): Wait | undefined {
    const { bundle, placement } = view.object;
    const stage = stageOfHook(turn.phase, placement);
    return this.#noted(this.#dependencyWait(bundle) ?? this.#stageWait(bundle, stage));
  }

  /** What all objects of a bundle lack to be as its manifest says, and healthy; hooks included. */
  lackOf(bundle: string): Lack | undefined {
    if (!this.#lacks.has(bundle)) this.#lacks.set(bundle, this.#findLack(bundle));
    return this.#lacks.get(bundle);
  }

  #findLack(bundle: string): Lack | undefined {
    const { bundles, unplanned = [] } = this.#input;
    if (!bundles.get(bundle)?.complete) return { message: 'not all of its objects are known' };
    const missing = unplanned.find((it) => it.bundle === bundle);
    if (missing) return { message: missing.message };
    const progress = this.#progress.get(bundle) ?? this.#progressOf(bundle);
    if (progress.failure)
      return { message: progress.failure.message, object: progress.failure.view.object.id };
    return progress.lack;
  }

  objectsOf(bundle: string): readonly DesiredObject[] {
    return this.#index().get(bundle) ?? [];
  }

  #noted(wait: Wait | undefined): Wait | undefined {
    if (wait) this.#waits.set(wait.bundle, wait);
    return wait;
  }

  #stageWait(bundle: string, stage: Stage): Wait | undefined {
    const progress = this.#progress.get(bundle);
    if (!progress?.frontier || compareStages(stage, progress.frontier) <= 0) return undefined;
    return progress.wait;
  }

  #dependencyWait(bundle: string): Wait | undefined {
    if (!this.#dependencyWaits.has(bundle))
      this.#dependencyWaits.set(bundle, this.#findDependencyWait(bundle));
    return this.#dependencyWaits.get(bundle);
  }

  #findDependencyWait(bundle: string): Wait | undefined {
    const { bundles } = this.#input;
    for (const { bundle: name, optional } of bundles.get(bundle)?.dependsOn ?? []) {
      const wait = { bundle, on: 'bundle', what: name } as const;
      if (!bundles.has(name)) {
        if (optional) continue;
        return { ...wait, message: `depends on bundle ${name}, which is not assigned to this cluster` };
      }
      const lack = this.lackOf(name);
      if (!lack) continue;
      const circle = this.#circle(bundle, name);
      if (circle) return { ...wait, message: `the bundles ${circle.join(' → ')} wait for each other` };
      return {
        ...wait,
        ...(lack.object === undefined ? {} : { object: lack.object }),
        message: `waits for bundle ${name}: ${lack.message}`,
      };
    }
    return undefined;
  }

  /** The way from a bundle over what it depends on back to itself: bundles at different revisions may make one. */
  #circle(bundle: string, by: string): string[] | undefined {
    const cameFrom = new Map([[by, bundle]]);
    for (const name of cameFrom.keys()) {
      for (const { bundle: next } of this.#input.bundles.get(name)?.dependsOn ?? []) {
        if (next === bundle) {
          const way = [bundle];
          for (let at = name; at !== bundle; at = cameFrom.get(at)!) way.unshift(at);
          return [bundle, ...way];
        }
        if (!cameFrom.has(next) && this.#input.bundles.has(next)) cameFrom.set(next, name);
      }
    }
    return undefined;
  }

  #progressOf(bundle: string): Progress {
    const input = this.#input;
    const hooks = new Map<string, HookView>();
    let failure: Progress['failure'];
    let first: { readonly stage: Stage; readonly wait: Wait; readonly lack: Lack } | undefined;
    const lacks = (stage: Stage, on: Wait['on'], lack: string, object?: string): void => {
      if (first && compareStages(first.stage, stage) <= 0) return;
      const what = stageName(stage);
      const found: Lack = { message: lack, ...(object === undefined ? {} : { object }) };
      const wait = { ...found, bundle, on, what, message: `waits for ${what}: ${lack}` };
      first = { stage, wait, lack: found };
    };
    for (const object of this.objectsOf(bundle)) {
      const hook = object.placement?.hook;
      if (!hook) {
        const lack = whatLacks(input, object);
        if (lack !== undefined) lacks(stageOf(input, object), 'health', lack, object.id);
        continue;
      }
      const view = viewHook(input, object, hook);
      hooks.set(object.id, view);
      for (const turn of view.turns) {
        if (turn.phase === 'SyncFail' || turn.state === 'succeeded') continue;
        if (turn.state === 'failed') failure ??= { view, message: failureMessage(view, turn) };
        lacks(stageOfHook(turn.phase, object.placement), 'hook', turnMessage(view, turn), object.id);
      }
    }
    for (const { bundle: of, placement, message } of input.unplanned ?? [])
      if (of === bundle) lacks(stageOfUnplanned(placement), 'health', message);
    return { frontier: first?.stage, wait: first?.wait, lack: first?.lack, hooks, failure };
  }

  #index(): ReadonlyMap<string, readonly DesiredObject[]> {
    if (this.#byBundle) return this.#byBundle;
    const index = new Map<string, DesiredObject[]>();
    for (const object of this.#granted) {
      const list = index.get(object.bundle);
      if (list) list.push(object);
      else index.set(object.bundle, [object]);
    }
    return (this.#byBundle = index);
  }
}
