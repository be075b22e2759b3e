import type { Facts } from '@muster/contracts';
import { plain } from '../status/status-row.ts';

/** Facts as they are kept; `undefined` for those of an incomplete discovery, which replace nothing. */
export function keptFacts(facts: Facts | undefined): unknown {
  if (facts?.complete !== true) return undefined;
  return {
    kubernetesVersion: plain(facts.kubernetesVersion),
    apiResources: facts.apiResources.map(plain),
  };
}
