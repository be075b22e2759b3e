import { planCluster } from '@muster/apply-plan';
import type { InventoryEntry, Plan, PlanInput, Skip } from '@muster/apply-plan';
import type { ObjectId } from '@muster/manifest';
import type { Observer } from './observer.ts';
import { wantedKey } from './target.ts';
import type { ResolvedTarget, Target } from './target.ts';

/** Applies of one kind in one plan. */
const bulk = 200;

/** What a round knows beside its target. */
export interface RoundKnowledge {
  readonly inventory: ReadonlyMap<ObjectId, InventoryEntry>;
  readonly observer: Pick<Observer, 'observe'>;
  readonly isBackingOff: PlanInput['isBackingOff'];
}

/** The plan of one round, from all that is known. */
export function planRound(target: Target, resolved: ResolvedTarget, know: RoundKnowledge): Plan {
  const { state, bundles, content } = target;
  const pausedLeaving = new Set(state.pausedLeaving);
  return planCluster(
    {
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
          },
        ]),
      ),
      leaving: new Map(
        [...target.leaving].map(([bundle, policy]) => [
          bundle,
          { policy, paused: pausedLeaving.has(bundle) },
        ]),
      ),
      desired: resolved.desired,
      inventory: know.inventory,
      observe: (id) => know.observer.observe(id),
      pruneHolds: state.pruneHolds,
      deletionConsents: new Set(state.deletionConsents),
      deletionGuard: state.deletionGuard,
      isBackingOff: know.isBackingOff,
    },
    {
      apiVersionOf: (object) => {
        const wanted = resolved.wanted.get(wantedKey(object.id, object.bundle))!.object;
        return wanted.group ? `${wanted.group}/${wanted.version}` : wanted.version;
      },
    },
  );
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

/** Its end would come without an event. */
export function waitsUnwatched(skip: Skip): boolean {
  return skip.reason === 'unobserved' || skip.reason === 'owned-by-other' || skip.reason === 'terminating';
}
