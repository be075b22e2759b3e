import { features } from './desired-state.ts';
import type { Policy } from './policy.ts';

const byField: Readonly<Record<keyof Policy, string | undefined>> = {
  // Every agent that there ever was knows this one.
  namespace: undefined,
  prune: features.syncOptions,
  drift: features.syncOptions,
  onRemoval: features.syncOptions,
  conflicts: features.syncOptions,
  adopted: features.syncOptions,
  healthTimeoutS: features.syncOptions,
  serviceAccount: features.impersonation,
  dependsOn: features.dependsOn,
  ignoreDifferences: features.ignoreDifferences,
  health: features.healthRules,
};

/** What an agent must know to act on an assignment with this policy; sorted. */
export function requiredFeatures(policy: Policy): string[] {
  const needed = new Set<string>([features.manifests]);
  for (const field of Object.keys(byField) as (keyof Policy)[]) {
    const feature = byField[field];
    if (feature !== undefined && policy[field] !== undefined) needed.add(feature);
  }
  return [...needed].sort();
}
