import type { Policy } from '@muster/manifest';
import type { Bundle } from './model.ts';

/** What an agent is to know of a bundle beside its manifest. Bundles that mean the same have the same policy. */
export function policyOf({ namespace, sync, dependsOn, ignoreDifferences, health }: Bundle): Policy {
  return {
    ...(namespace !== undefined && { namespace }),
    ...sync,
    ...(dependsOn?.length && { dependsOn }),
    ...(ignoreDifferences?.length && { ignoreDifferences }),
    ...(health?.length && { health }),
  };
}
