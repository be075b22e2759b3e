import { isFoundation } from './order.ts';
import type { DesiredObject, PlanInput } from './model.ts';
import type { HookPhase, Placement } from './placement.ts';

/** The parts of a bundle's turn, in their order. */
const majors = ['new foundations', 'PreSync', 'foundations', 'waves', 'PostSync'] as const;
type Major = (typeof majors)[number];

/** A place in the order of a bundle. */
export interface Stage {
  readonly major: number;
  readonly wave: number;
}

/**
 * Namespaces and CRDs without a wave that aren't there yet come before everything, for even a PreSync hook needs
 * the namespace that it runs in; changes of those that are there come after the PreSync hooks.
 */
export function stageOf(input: PlanInput, object: DesiredObject): Stage {
  const { placement, id } = object;
  if (placement?.wave === undefined && isFoundation(id)) {
    const isThere = input.observe(id).state === 'present';
    return stage(isThere ? 'foundations' : 'new foundations', 0);
  }
  return stage('waves', placement?.wave ?? 0);
}

export function stageOfUnplanned(placement: Placement | undefined): Stage {
  const phase = placement?.hook?.phases[0];
  return phase ? stageOfHook(phase, placement) : stage('waves', placement?.wave ?? 0);
}

/** SyncFail has no place among the others. */
export function stageOfHook(phase: HookPhase, placement: Placement | undefined): Stage {
  const wave = placement?.wave ?? 0;
  return stage(phase === 'Sync' ? 'waves' : phase === 'SyncFail' ? 'PostSync' : phase, wave);
}

export function compareStages(a: Stage, b: Stage): number {
  return a.major - b.major || a.wave - b.wave;
}

/** For people: `wave 2`. */
export function stageName({ major, wave }: Stage): string {
  const name = majors[major]!;
  if (name === 'waves') return `wave ${wave}`;
  if (name === 'PreSync' || name === 'PostSync')
    return wave === 0 ? `its ${name} hooks` : `its ${name} hooks of wave ${wave}`;
  return 'its namespaces and CRDs';
}

function stage(major: Major, wave: number): Stage {
  return { major: majors.indexOf(major), wave };
}
