import { planCluster } from '@muster/apply-plan';
import type { InventoryEntry, Plan, PlanInput, Skip, UnplannedObject } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { Observer } from './observer.ts';
import { wantedKey } from './target.ts';
import type { ResolvedTarget, Target } from './target.ts';

/** Applies of one kind in one plan. */
const bulk = 200;

/** What a round knows beside its target. */
export interface RoundKnowledge {
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
  readonly observer: Pick<Observer, 'observe' | 'isDoubtful' | 'record'>;
  readonly now: number;
  readonly isBackingOff: PlanInput['isBackingOff'];
}

/** The plan of one round, from all that is known. */
export function planRound(target: Target, resolved: ResolvedTarget, know: RoundKnowledge): Plan {
  return planCluster(planInput(target, resolved, know), {
    apiVersionOf: (object) => {
      const wanted = resolved.wanted.get(wantedKey(object.id, object.bundle))!.object;
      return wanted.group ? `${wanted.group}/${wanted.version}` : wanted.version;
    },
  });
}

export function planInput(target: Target, resolved: ResolvedTarget, know: RoundKnowledge): PlanInput {
  const { state, bundles, content } = target;
  const { inventory, observer } = know;
  const pausedLeaving = new Set(state.pausedLeaving);
  return {
    fleet: content.fleet,
    paused: state.paused,
    bundles: new Map(
      bundles.map(({ bundle, assignment, policy, problem, broken }) => [
        bundle,
        {
          paused: assignment.paused,
          complete: broken.length === 0 && !problem,
          reportsDrift: policy.drift === 'Notify',
          policy,
          manifest: assignment.manifestDigest,
          ...(policy.dependsOn && { dependsOn: policy.dependsOn }),
          ...(policy.healthTimeoutS !== undefined && { healthTimeoutS: policy.healthTimeoutS }),
        },
      ]),
    ),
    leaving: new Map(
      [...target.leaving].map(([bundle, policy]) => [
        bundle,
        {
          policy,
          paused: pausedLeaving.has(bundle),
          ...(policy.dependsOn && { dependsOn: policy.dependsOn }),
        },
      ]),
    ),
    desired: resolved.desired,
    inventory,
    // A hook whose object is gone has failed: that it only seems to be gone must not suffice. And what was last seen
    // of a kind says nothing once the kind isn't served: no step could set it right.
    observe: (id) =>
      resolved.unserved.has(id) || (inventory.get(id)?.hook && observer.isDoubtful(id))
        ? { state: 'unobserved' }
        : observer.observe(id),
    health: (id) => observer.record(id)?.health,
    now: know.now,
    unplanned: unplannedOf(target, resolved),
    pruneHolds: state.pruneHolds,
    deletionConsents: new Set(state.deletionConsents),
    deletionGuard: state.deletionGuard,
    isBackingOff: know.isBackingOff,
  };
}

function unplannedOf({ bundles }: Target, { unresolved }: ResolvedTarget): UnplannedObject[] {
  const missing = unresolved.map(({ bundle: { bundle }, object: { kind, name, placement } }) => ({
    bundle,
    ...(placement && { placement }),
    message: `${kind} ${name}: the cluster does not serve its kind`,
  }));
  const broken = bundles.flatMap(({ bundle, broken: objects }) =>
    objects.map(({ digest, problem }) => ({ bundle, message: `${digest}: ${problem}` })),
  );
  return [...missing, ...broken];
}

/** Kinds of which so many objects are applied that their watches had better rest; deletions need theirs. */
export function bulkKinds({ phases }: Plan): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const step of phases.flat()) {
    if (step.kind === 'delete') return new Set();
    const kind = step.id.split('/', 2).join('/');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= bulk).map(([kind]) => kind));
}

const unwatched: ReadonlySet<Skip['reason']> = new Set([
  'unobserved',
  'owned-by-other',
  'terminating',
  'waiting',
  'hook-running',
  'hook-in-the-way',
]);

/** Its end may come without an event. */
export function waitsUnwatched(skip: Skip): boolean {
  return unwatched.has(skip.reason);
}

/** Hooks whose objects this plan deletes, though they are wanted. */
export function hookRemovals({ phases }: Plan): ReadonlySet<ObjectId> {
  const steps = phases.flat().filter((step) => step.kind === 'delete' && step.ofHook);
  return new Set(steps.map((step) => step.id));
}
