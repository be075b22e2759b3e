import { isGroupTrouble, type DiscoveredPart } from './discovery.ts';
import type { Resource } from './port.ts';

export interface ApiGroup {
  readonly name: string;
  /** Most preferred first. */
  readonly versions: readonly { readonly version: string }[];
}

interface ApiResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** Discovery as it was before it was aggregated: one request for each group and version. */
export async function discoverLegacy(
  ask: <T>(path: string) => Promise<T>,
  groups: readonly ApiGroup[],
): Promise<DiscoveredPart> {
  const parts = await Promise.all(
    groups.flatMap(({ name: group, versions }) =>
      versions.map(({ version }) => discoverVersion(ask, group, version)),
    ),
  );
  return {
    resources: parts.flatMap((part) => part.resources),
    failedGroups: parts.flatMap((part) => part.failedGroups),
  };
}

async function discoverVersion(
  ask: <T>(path: string) => Promise<T>,
  group: string,
  version: string,
): Promise<DiscoveredPart> {
  const name = group === '' ? version : `${group}/${version}`;
  try {
    const list = await ask<ApiResourceList>(group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
    const resources: Resource[] = list.resources
      // `pods/log`: a subresource, which nobody applies.
      .filter((resource) => !resource.name.includes('/'))
      .map(({ name: plural, kind, namespaced, verbs }) => ({
        group,
        version,
        kind,
        plural,
        namespaced,
        verbs,
      }));
    return { resources, failedGroups: [] };
  } catch (error) {
    if (!isGroupTrouble(error)) throw error;
    return { resources: [], failedGroups: [name] };
  }
}
