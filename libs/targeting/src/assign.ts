import type { Bundle, FleetModel, Target } from '@muster/fleet-model';
import { labelOf } from './labels.ts';
import type { Labels } from './labels.ts';
import { SelectorIndex } from './selector-index.ts';

export interface LabelledCluster {
  readonly name: string;
  readonly labels: Labels;
}

/** The parts of a fleet model that decide what goes where. */
export type TargetingModel = Pick<FleetModel, 'bundles' | 'groups'>;

/**
 * Which bundles go to which cluster: those of which any target matches and no `except` does. Every cluster is in the
 * answer; its bundles are in the order of the model. Clusters that differ in no label that anything selects by share
 * one array.
 */
export function assign(
  model: TargetingModel,
  clusters: readonly LabelledCluster[],
): Map<string, readonly Bundle[]> {
  const bundlesFor = createAssigner(model);
  return new Map(clusters.map(({ name, labels }) => [name, bundlesFor(labels)]));
}

/** A function from a cluster's labels to its bundles, which remembers what it was asked. */
export function createAssigner(model: TargetingModel): (labels: Labels) => readonly Bundle[] {
  const groups = new SelectorIndex<string>();
  for (const { name, clusterSelector } of model.groups) groups.add(clusterSelector, name);
  const targets = new TargetIndex();
  model.bundles.forEach((bundle, position) => targets.addAll(bundle.targets, { position, excepted: false }));
  model.bundles.forEach((bundle, position) => targets.addAll(bundle.except, { position, excepted: true }));

  const keys = [...new Set([...groups.keys, ...targets.keys])].sort();
  const known = new Map<string, readonly Bundle[]>();
  return (labels) => {
    const relevant = keys
      .filter((key) => labelOf(labels, key) !== undefined)
      .map((key) => [key, labels[key]!] as const);
    const identity = JSON.stringify(relevant);
    let bundles = known.get(identity);
    if (bundles === undefined) {
      const wanted = Object.fromEntries(relevant);
      bundles = targets
        .bundlePositions(wanted, new Set(groups.matching(wanted)))
        .map((it) => model.bundles[it]!);
      known.set(identity, bundles);
    }
    return bundles;
  };
}

interface TargetOf {
  readonly position: number;
  readonly excepted: boolean;
}

/** All targets of all bundles: by selector where they have one, else by group. */
class TargetIndex {
  readonly #selectors = new SelectorIndex<TargetOf & { readonly groups: readonly string[] | undefined }>();
  readonly #byGroup = new Map<string, TargetOf[]>();

  get keys(): ReadonlySet<string> {
    return this.#selectors.keys;
  }

  addAll(targets: readonly Target[], of: TargetOf): void {
    for (const { clusterSelector, groups } of targets) {
      if (clusterSelector !== undefined) {
        this.#selectors.add(clusterSelector, { ...of, groups });
        continue;
      }
      for (const group of groups ?? []) {
        const there = this.#byGroup.get(group);
        if (there === undefined) this.#byGroup.set(group, [of]);
        else there.push(of);
      }
    }
  }

  bundlePositions(labels: Labels, groups: ReadonlySet<string>): number[] {
    const targeted = new Set<number>();
    const excepted = new Set<number>();
    const take = (one: TargetOf) => (one.excepted ? excepted : targeted).add(one.position);
    for (const one of this.#selectors.matching(labels)) {
      if (one.groups === undefined || one.groups.some((group) => groups.has(group))) take(one);
    }
    for (const group of groups) this.#byGroup.get(group)?.forEach(take);
    return [...targeted].filter((position) => !excepted.has(position)).sort((a, b) => a - b);
  }
}
