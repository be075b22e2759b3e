import type { Plan, Step, Wait } from '@muster/apply-plan';
import { defaultHealthTimeoutS } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';

interface Since {
  readonly wait: Wait;
  readonly since: number;
}

/**
 * What bundles wait for, and for how long. Remembered by this process alone: one that starts anew counts anew, which
 * delays nothing but a message.
 */
export class Waits {
  readonly #byBundle = new Map<string, Since>();
  #objects: ReadonlySet<ObjectId> = new Set();
  #isHeld = false;
  #deadline: number | undefined;

  /** What the newest plan says. */
  note({ waits, skips, phases, nextDeadline }: Plan, now: number): void {
    const bundles = new Set(waits.map((wait) => wait.bundle));
    for (const bundle of this.#byBundle.keys()) if (!bundles.has(bundle)) this.#byBundle.delete(bundle);
    for (const wait of waits) {
      const before = this.#byBundle.get(wait.bundle);
      const isSame = before?.wait.on === wait.on && before.wait.what === wait.what;
      this.#byBundle.set(wait.bundle, { wait, since: isSame && before ? before.since : now });
    }
    this.#objects = new Set(waits.flatMap((wait) => wait.object ?? []));
    this.#isHeld =
      skips.some((skip) => skip.reason === 'waiting' || skip.reason === 'hook-running') ||
      phases.some((phase) => phase.some(isOfHook));
    this.#deadline = nextDeadline;
  }

  /** True when something of the newest plan may go on once its steps are done. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** True for what a change of may let something go on. */
  isFor(id: ObjectId): boolean {
    return this.#objects.has(id);
  }

  /** By bundle, the seconds that waiting for health may last, where it has lasted longer. */
  late(timeoutOf: (bundle: string) => number | undefined, now: number): ReadonlyMap<string, number> {
    const late = new Map<string, number>();
    for (const [bundle, { wait, since }] of this.#byBundle) {
      const timeoutS = timeoutOf(bundle) ?? defaultHealthTimeoutS;
      if (wait.on === 'health' && now - since >= timeoutS * 1_000) late.set(bundle, timeoutS);
    }
    return late;
  }

  /** When something will have to be said, or done, that no event tells of. */
  nextAt(timeoutOf: (bundle: string) => number | undefined, now: number): number | undefined {
    const times = [...this.#byBundle].flatMap(([bundle, { wait, since }]) =>
      wait.on === 'health' ? since + (timeoutOf(bundle) ?? defaultHealthTimeoutS) * 1_000 : [],
    );
    if (this.#deadline !== undefined) times.push(this.#deadline);
    const ahead = times.filter((time) => time > now);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }
}

/** Whatever a hook's step did, its end has to be seen. */
function isOfHook(step: Step): boolean {
  return step.kind === 'apply' ? step.reason === 'hook' : step.ofHook === true;
}
