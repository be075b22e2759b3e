import { foreignOwner, takeOver } from '@muster/apply-plan';
import type { TakeOverInput } from '@muster/apply-plan';
import { KubeApiError, apiVersionOf } from '@muster/kube';
import type { KubeObject, Resource } from '@muster/kube';
import { fieldManager } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import type { JsonPatchOperation } from '@muster/kube';
import { ApplyProblem } from './apply-problem.ts';
import { liveRecord } from './live-record.ts';

export interface Adoption {
  readonly id: ObjectId;
  readonly fleet: string;
  readonly resource: Resource;
  /** What its bundle leaves to others. */
  readonly left?: TakeOverInput['left'];
  /** The live object, metadata only; `undefined`: there is none. */
  readonly look: () => Promise<KubeObject | undefined>;
  readonly patch: (operations: readonly JsonPatchOperation[]) => Promise<KubeObject>;
  /** Answers with the object's metadata. */
  readonly apply: () => Promise<KubeObject>;
  readonly onTaken: (from: readonly string[]) => void;
}

/** Versions that former tools wrote in, and other writers that come between. */
const maxRounds = 8;

/**
 * Applies an object that was there before: what the tools that it comes from own of it becomes ours first, so that
 * what they set and the manifest lacks goes with the apply. Each write stands for itself. The first changes nothing
 * but who owns what, and only of the object as it was seen; killed at any point, this is simply done again.
 */
export async function applyAdopting(adoption: Adoption): Promise<KubeObject> {
  const { resource, left, look, patch, apply, onTaken } = adoption;
  let applied: KubeObject | undefined;
  for (let round = 0; round < maxRounds; round++) {
    const live = applied ?? (await look());
    if (!live) return apply();
    refuseForeign(adoption, live);
    const next = takeOver({
      managedFields: live.metadata.managedFields ?? [],
      group: resource.group,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      manager: fieldManager,
      ...(left ? { left } : {}),
      isApplied: applied !== undefined,
    });
    if (next.kind === 'nothing') return applied ?? apply();
    if (next.kind === 'rewrite') {
      const isMoved = await move(patch, next.managedFields, live);
      if (!isMoved) {
        applied = undefined;
        continue;
      }
      onTaken(next.from);
    }
    applied = await apply();
  }
  if (applied) return applied;
  throw new ApplyProblem('Conflict', 'others kept writing it while it was taken over');
}

/** False when somebody wrote the object meanwhile. */
async function move(
  patch: Adoption['patch'],
  managedFields: readonly unknown[],
  { metadata }: KubeObject,
): Promise<boolean> {
  try {
    await patch([
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
      { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    ]);
    return true;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 409) return false;
    throw error;
  }
}

/** The plan was made of an earlier look: another fleet may have been faster. */
function refuseForeign({ id, fleet }: Adoption, live: KubeObject): void {
  const other = foreignOwner(id, liveRecord(live, 'metadata-suffices'), fleet);
  if (other !== undefined) throw new ApplyProblem('OwnedByOther', `it belongs to ${other}`);
}

/** True when an apply that was to make an object found one. */
export function wasThere({ metadata }: KubeObject): boolean {
  return (metadata.managedFields ?? []).some(
    ({ manager, operation }) => manager !== fieldManager || operation !== 'Apply',
  );
}
