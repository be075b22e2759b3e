import { KubeApiError } from './errors.ts';
import { AGGREGATED_DISCOVERY } from './media-types.ts';
import { parseAggregated, type AggregatedDiscovery } from './discovery-aggregated.ts';
import { discoverLegacy, type ApiGroup } from './discovery-legacy.ts';
import type { Discovery, Resource } from './port.ts';
import type { Transport } from './transport.ts';

export interface DiscoveredPart {
  readonly resources: readonly Resource[];
  readonly failedGroups: readonly string[];
}

/**
 * Everything that the cluster serves: two requests with aggregated discovery, one per group and version without.
 *
 * A group that can't be discovered (its aggregated API server is away) makes the answer incomplete instead of failing
 * it, since one broken API must not stop the others. Rejects when the API server itself can't be asked.
 */
export async function discoverAll(transport: Transport): Promise<Discovery> {
  const ask = <T>(path: string, accept?: string): Promise<T> =>
    transport.json<T>({ method: 'GET', path, repeatable: true, ...(accept === undefined ? {} : { accept }) });
  const [version, core, groups] = await Promise.all([
    ask<{ readonly gitVersion: string }>('/version'),
    ask<AggregatedDiscovery | { readonly kind: 'APIVersions'; readonly versions: readonly string[] }>(
      '/api',
      AGGREGATED_DISCOVERY,
    ),
    ask<AggregatedDiscovery | { readonly kind: 'APIGroupList'; readonly groups: readonly ApiGroup[] }>(
      '/apis',
      AGGREGATED_DISCOVERY,
    ),
  ]);
  const parts = await Promise.all([
    core.kind === 'APIGroupDiscoveryList'
      ? parseAggregated(core)
      : discoverLegacy(ask, [{ name: '', versions: core.versions.map((name) => ({ version: name })) }]),
    groups.kind === 'APIGroupDiscoveryList' ? parseAggregated(groups) : discoverLegacy(ask, groups.groups),
  ]);
  const failedGroups = parts.flatMap((part) => part.failedGroups).toSorted();
  return {
    serverVersion: version.gitVersion,
    resources: parts.flatMap((part) => part.resources),
    complete: failedGroups.length === 0,
    failedGroups,
  };
}

/** Whether a group's failed discovery is that group's trouble alone. */
export function isGroupTrouble(error: unknown): boolean {
  return error instanceof KubeApiError && error.status !== 401;
}
