import { defaultHealthTimeoutS } from '@muster/manifest';
import type { Dependency, HealthExpression } from '@muster/manifest';
import type { z } from 'zod';
import { durationSeconds } from './duration.ts';
import type { SyncOptions } from './model.ts';
import type { DependsOn, Health, Sync } from './schema-sync.ts';

type SyncFields = z.output<typeof Sync>;

/** What differs from the defaults, so that equal meanings are equal policies; a bundle's fields go before the Fleet's. */
export function toSyncOptions(
  own: SyncFields | undefined,
  fleet: SyncFields | undefined,
): SyncOptions | undefined {
  const { prune, drift, onRemoval, conflicts, adopted, serviceAccount, healthTimeout } = { ...fleet, ...own };
  const healthTimeoutS = healthTimeout === undefined ? undefined : durationSeconds(healthTimeout);
  const options: SyncOptions = {
    ...(prune === false && { prune }),
    ...(drift === 'Notify' && { drift }),
    ...(onRemoval === 'Orphan' && { onRemoval }),
    ...(conflicts === 'Fail' && { conflicts }),
    ...(adopted === 'Prune' && { adopted }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(healthTimeoutS !== undefined && healthTimeoutS !== defaultHealthTimeoutS && { healthTimeoutS }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

/** By name, since their order means nothing. */
export function toDependencies(dependsOn: z.output<typeof DependsOn>): Dependency[] {
  return dependsOn
    .map(({ bundle, optional }): Dependency => ({ bundle, ...(optional && { optional }) }))
    .sort((a, b) => (a.bundle < b.bundle ? -1 : 1));
}

export function toHealth(health: z.output<typeof Health>): HealthExpression[] {
  return health.map(({ target: { group = '', kind }, ...expressions }) => ({
    target: { group, kind },
    ...expressions,
  }));
}
