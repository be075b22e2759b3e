import type { Bundle, ClusterGroup, Target } from '@muster/fleet-model';
import type { GoodBundle } from './state.ts';

/** Pinned specs, and the groups to match them over. */
export interface PinnedSpecs {
  readonly bundles: readonly Bundle[];
  readonly groups: readonly ClusterGroup[];
}

/**
 * Specs at their pins, over the newest groups; a group that the newest revision no longer has is the one that it was
 * at the pin. So a bundle that fails while its group is renamed or dropped stays where it was. What is kept for one
 * bundle is no other's, under a name that no group can have.
 */
export function withKeptGroups(pinned: Iterable<GoodBundle>, newest: readonly ClusterGroup[]): PinnedSpecs {
  const known = new Set(newest.map(({ name }) => name));
  const groups = [...newest];
  const bundles = [...pinned].map(({ bundle, groups: atPin = [] }) => {
    const gone = atPin.filter(({ name }) => !known.has(name));
    if (gone.length === 0) return bundle;
    const keptName = new Map(gone.map(({ name }) => [name, `${bundle.name}/${name}`]));
    groups.push(...gone.map((group) => ({ ...group, name: keptName.get(group.name)! })));
    const renamed = (target: Target): Target =>
      target.groups === undefined
        ? target
        : { ...target, groups: target.groups.map((name) => keptName.get(name) ?? name) };
    return { ...bundle, targets: bundle.targets.map(renamed), except: bundle.except.map(renamed) };
  });
  return { bundles, groups };
}
