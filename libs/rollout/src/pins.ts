import type { Bundle, FleetModel } from '@muster/fleet-model';
import { createAssigner } from '@muster/targeting';
import type { Labels, LabelledCluster } from '@muster/targeting';
import { withKeptGroups } from './kept-groups.ts';
import type { GoodBundle, RolloutState } from './state.ts';

/** What one cluster gets. */
export interface ClusterPins {
  /** In order of bundle. */
  readonly pins: readonly Pin[];
  /**
   * Bundles that the newest revision sends to the cluster and that don't render at it, in order: they may hold an
   * object that seems to have left, so nothing is pruned there meanwhile.
   */
  readonly holds: readonly PruneHold[];
}

/** One bundle on one cluster, at a revision at which it rendered. */
export interface Pin {
  readonly bundle: string;
  readonly good: GoodBundle;
}

export interface PruneHold {
  readonly bundle: string;
  readonly reason: string;
}

export interface PinInput {
  readonly state: RolloutState;
  /** The model of the newest good revision: the one that the state was advanced to. */
  readonly model: Pick<FleetModel, 'bundles' | 'groups'>;
  readonly clusters: readonly LabelledCluster[];
}

/**
 * Which revision of which bundle every cluster is to run. A bundle goes where its spec *at its pin* sends it, over
 * the newest labels and groups, and over those groups of its pin that there no longer are; so one that fails stays
 * everywhere that it was, and comes to clusters that match anew at its last good revision. Clusters that differ in
 * nothing that matters share one answer.
 */
export function decidePins({ state, model, clusters }: PinInput): Map<string, ClusterPins> {
  const pinsFor = createPinner(state, model);
  return new Map(clusters.map(({ name, labels }) => [name, pinsFor(labels)]));
}

/** A function from a cluster's labels to what it gets, which remembers what it was asked. */
export function createPinner(state: RolloutState, model: PinInput['model']): (labels: Labels) => ClusterPins {
  const entries = Object.entries(state.bundles).sort(([a], [b]) => (a < b ? -1 : 1));
  const good = new Map(entries.flatMap(([name, it]) => (it.good ? [[name, it.good] as const] : [])));
  const failing = new Map(entries.flatMap(([name, it]) => (it.failing ? [[name, it.failing] as const] : [])));
  const { groups } = model;
  const pinned = createAssigner(withKeptGroups(good.values(), groups));
  const withoutRendering = createAssigner({
    bundles: model.bundles.filter(({ name }) => failing.has(name)).sort(byName),
    groups,
  });

  // The assigners give one array for all clusters that they can't tell apart, so two arrays name an answer.
  const known = new WeakMap<readonly Bundle[], WeakMap<readonly Bundle[], ClusterPins>>();
  return (labels) => {
    const pinnedHere = pinned(labels);
    const failingHere = withoutRendering(labels);
    let byFailing = known.get(pinnedHere);
    if (byFailing === undefined)
      known.set(pinnedHere, (byFailing = new WeakMap<readonly Bundle[], ClusterPins>()));
    let answer = byFailing.get(failingHere);
    if (answer === undefined) {
      answer = {
        pins: pinnedHere.map(({ name }) => ({ bundle: name, good: good.get(name)! })),
        holds: failingHere.map(({ name }) => ({ bundle: name, reason: failing.get(name)!.reason })),
      };
      byFailing.set(failingHere, answer);
    }
    return answer;
  };
}

function byName(a: Bundle, b: Bundle): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
