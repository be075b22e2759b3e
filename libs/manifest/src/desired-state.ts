import { compareCodePoints } from './code-points.ts';
import { isDigest } from './digest.ts';
import type { Digest } from './digest.ts';
import type { Version } from './version.ts';

/** One bundle on one cluster. */
export interface Assignment {
  readonly bundle: string;
  readonly manifestDigest: Digest;
  /** As `encodePolicy` wrote it; kept and hashed as it is. */
  readonly policy: Uint8Array;
  /** The commit that it is pinned to. */
  readonly revision: string;
  readonly requiredFeatures: readonly string[];
  /** No writes for this bundle. */
  readonly paused: boolean;
}

/** Why nothing may be pruned at present. */
export interface PruneHold {
  readonly bundle: string;
  readonly reason: string;
}

/** Above both of these, deletions wait for consent. */
export interface DeletionGuard {
  readonly maxPercent: number;
  readonly maxObjects: number;
}

/** What one cluster should run, whole. */
export interface DesiredState {
  readonly version: Version;
  /** Sorted by bundle, each bundle once. */
  readonly assignments: readonly Assignment[];
  /** The emergency stop: no writes at all. */
  readonly paused: boolean;
  readonly pruneHolds: readonly PruneHold[];
  /** The bundles whose deletions a person consented to, for this version alone. */
  readonly deletionConsents: readonly string[];
  readonly deletionGuard: DeletionGuard;
  /** Bundles that have left this cluster and are paused: nothing is written for what remains of them. */
  readonly pausedLeaving: readonly string[];
}

export const defaultDeletionGuard: DeletionGuard = { maxPercent: 30, maxObjects: 10 };

/** The features that assignments of today ask for, and agents of today know. */
export const features = {
  manifests: 'manifests/v1',
  policy: 'policy/v1',
  pause: 'pause/v1',
  pruneHold: 'prune-hold/v1',
  deletionConsent: 'deletion-consent/v1',
  syncOptions: 'sync-options/v1',
  dependsOn: 'depends-on/v1',
  ignoreDifferences: 'ignore-differences/v1',
  impersonation: 'impersonation/v1',
  healthRules: 'health-rules/v1',
  emptied: 'emptied/v1',
} as const;

/** A desired state in its one order: equal contents become equal values, and so equal bytes. */
export function desiredState(
  state: Pick<DesiredState, 'version'> & Partial<Omit<DesiredState, 'version'>>,
): DesiredState {
  return {
    version: state.version,
    assignments: [...(state.assignments ?? [])].sort(byBundle),
    paused: state.paused ?? false,
    pruneHolds: [...(state.pruneHolds ?? [])].sort(byBundle),
    deletionConsents: [...new Set(state.deletionConsents ?? [])].sort(compareCodePoints),
    deletionGuard: state.deletionGuard ?? defaultDeletionGuard,
    pausedLeaving: [...new Set(state.pausedLeaving ?? [])].sort(compareCodePoints),
  };
}

/** What is wrong with a desired state that came from elsewhere; empty when nothing is. */
export function problemsOfDesiredState(state: DesiredState): string[] {
  const problems: string[] = [];
  if (state.version.generation <= 0n) problems.push('the generation is not positive');
  const bundles = new Set<string>();
  for (const { bundle, manifestDigest } of state.assignments) {
    if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(bundle))
      problems.push(`bundle ${JSON.stringify(bundle)} is not a DNS label`);
    if (bundles.has(bundle)) problems.push(`bundle ${bundle} is assigned twice`);
    if (!isDigest(manifestDigest)) problems.push(`bundle ${bundle} has no manifest digest`);
    bundles.add(bundle);
  }
  return problems;
}

/** The features that an assignment needs and a reader lacks; empty when it may be applied. */
export function missingFeatures(assignment: Assignment, known: ReadonlySet<string>): string[] {
  return assignment.requiredFeatures.filter((feature) => !known.has(feature));
}

/** True when two states differ in nothing but their version: then there is nothing to announce. */
export function sameContent(a: DesiredState, b: DesiredState): boolean {
  return contentKey(a) === contentKey(b);
}

function contentKey(state: DesiredState): string {
  const { assignments, paused, pruneHolds, deletionConsents, deletionGuard, pausedLeaving } =
    desiredState(state);
  return JSON.stringify([
    assignments.map((a) => [
      a.bundle,
      a.manifestDigest,
      [...a.policy],
      a.revision,
      a.requiredFeatures,
      a.paused,
    ]),
    paused,
    pruneHolds.map((hold) => [hold.bundle, hold.reason]),
    deletionConsents,
    [deletionGuard.maxPercent, deletionGuard.maxObjects],
    pausedLeaving,
  ]);
}

function byBundle(a: { readonly bundle: string }, b: { readonly bundle: string }): number {
  return compareCodePoints(a.bundle, b.bundle);
}
