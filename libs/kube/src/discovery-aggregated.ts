import type { DiscoveredPart } from './discovery.ts';
import type { Resource } from './port.ts';

/** `APIGroupDiscoveryList` of `apidiscovery.k8s.io/v2` (and v2beta1, which is the same here). */
export interface AggregatedDiscovery {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope?: string;
        readonly verbs?: readonly string[];
      }[];
    }[];
  }[];
}

/**
 * The resources of an aggregated discovery document. `Stale` is what the aggregator says of a group whose server it
 * can't reach: it lists what it knew last, which may be nothing, so those resources are kept and the group counts as
 * failed.
 */
export function parseAggregated(document: AggregatedDiscovery): DiscoveredPart {
  const resources: Resource[] = [];
  const failedGroups: string[] = [];
  for (const item of document.items) {
    const group = item.metadata?.name ?? '';
    for (const { version, freshness, resources: served } of item.versions ?? []) {
      if (freshness === 'Stale') failedGroups.push(group === '' ? version : `${group}/${version}`);
      for (const { resource, responseKind, scope, verbs } of served ?? []) {
        if (responseKind?.kind === undefined || responseKind.kind === '') continue;
        resources.push({
          group,
          version,
          kind: responseKind.kind,
          plural: resource,
          namespaced: scope === 'Namespaced',
          verbs: verbs ?? [],
        });
      }
    }
  }
  return { resources, failedGroups };
}
