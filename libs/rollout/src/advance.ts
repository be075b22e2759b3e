import type { Bundle, ClusterGroup } from '@muster/fleet-model';
import type { BundleRollout, RolloutState } from './state.ts';

/** A revision that parsed, with what became of each of its bundles. A refused revision is no event: it changes nothing. */
export interface RevisionResolved {
  readonly kind: 'RevisionResolved';
  readonly revision: string;
  readonly bundles: readonly ResolvedBundle[];
  readonly groups: readonly ClusterGroup[];
}

export type ResolvedBundle = {
  /** As the revision has it, whether or not it renders. */
  readonly bundle: Bundle;
} & (
  | { readonly outcome: 'rendered'; readonly content: string }
  | { readonly outcome: 'failed'; readonly reason: string }
);

export type RolloutEvent = RevisionResolved;

/** What a step did, for logs, events and whoever waits. Nothing of it needs doing: the pins follow from the state. */
export type RolloutEffect =
  | { readonly kind: 'Advanced'; readonly bundle: string; readonly from?: string; readonly to: string }
  | { readonly kind: 'Held'; readonly bundle: string; readonly at?: string; readonly reason: string }
  | { readonly kind: 'Recovered'; readonly bundle: string }
  | { readonly kind: 'Left'; readonly bundle: string };

export interface RolloutStep {
  readonly state: RolloutState;
  readonly effects: readonly RolloutEffect[];
}

/**
 * The state after an event at the time `now` (ms). Every bundle goes to the newest revision at which it renders, on
 * all of its clusters at once; one that doesn't render stays where it was; one that left the repo is forgotten.
 * The same event again changes nothing.
 */
export function advance(state: RolloutState, event: RolloutEvent, now: number): RolloutStep {
  const effects: RolloutEffect[] = [];
  const bundles: [string, BundleRollout][] = [];
  const newest = new Set<string>();
  for (const resolved of event.bundles) {
    const { name } = resolved.bundle;
    newest.add(name);
    const before = rolloutOf(state, name);
    bundles.push([name, advanceBundle(before, resolved, event, now, effects)]);
  }
  for (const name of Object.keys(state.bundles)) {
    if (!newest.has(name)) effects.push({ kind: 'Left', bundle: name });
  }
  return { state: { revision: event.revision, bundles: Object.fromEntries(bundles) }, effects };
}

function advanceBundle(
  before: BundleRollout,
  resolved: ResolvedBundle,
  { revision, groups: allGroups }: RevisionResolved,
  now: number,
  effects: RolloutEffect[],
): BundleRollout {
  const { bundle } = resolved;
  const { good } = before;
  if (resolved.outcome === 'failed') {
    const { reason } = resolved;
    const isNews = before.failing?.revision !== revision || before.failing.reason !== reason;
    if (isNews)
      effects.push({ kind: 'Held', bundle: bundle.name, ...(good && { at: good.revision }), reason });
    return { ...(good && { good }), failing: { revision, reason, since: before.failing?.since ?? now } };
  }
  if (before.failing !== undefined) effects.push({ kind: 'Recovered', bundle: bundle.name });
  const groups = groupsNamedBy(bundle, allGroups);
  if (good?.content === resolved.content) return { good: { ...good, bundle, groups } };
  effects.push({ kind: 'Advanced', bundle: bundle.name, ...(good && { from: good.revision }), to: revision });
  return { good: { revision, content: resolved.content, bundle, groups, since: now } };
}

function groupsNamedBy({ targets, except }: Bundle, groups: readonly ClusterGroup[]): ClusterGroup[] {
  const named = new Set([...targets, ...except].flatMap((target) => target.groups ?? []));
  return named.size === 0 ? [] : groups.filter(({ name }) => named.has(name));
}

function rolloutOf(state: RolloutState, name: string): BundleRollout {
  return Object.hasOwn(state.bundles, name) ? state.bundles[name]! : {};
}
