import type { Registry } from '../registry/registry.ts';
import { apiVersionOf, type ServedResource } from '../registry/served-resource.ts';
import type { JsonObject } from '../json/value.ts';

/** Kubernetes without its newest fields, served by nobody real. */
export const versionDocument = (version: string): JsonObject => {
  const [major = '1', minor = '0'] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}.0+muster-sim`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: 'linux/amd64',
  };
};

interface Group {
  readonly name: string;
  /** By preference. */
  readonly versions: Map<string, ServedResource[]>;
}

/** In the table's order, which is the real server's by priority; CRDs' groups after, by name. */
const groupsOf = (registry: Registry): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const resource of registry.all()) {
    const group = groups.get(resource.group) ?? {
      name: resource.group,
      versions: new Map<string, ServedResource[]>(),
    };
    groups.set(resource.group, group);
    const version = group.versions.get(resource.version);
    if (version === undefined) group.versions.set(resource.version, [resource]);
    else version.push(resource);
  }
  return [...groups.values()];
};

const aggregatedResource = (resource: ServedResource): JsonObject => ({
  resource: resource.plural,
  responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
  scope: resource.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: resource.verbs,
  ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
  ...(resource.categories.length > 0 && { categories: resource.categories }),
  ...(resource.subresources.length > 0 && {
    subresources: resource.subresources.map(({ name, verbs, kind, group, version }) => ({
      subresource: name,
      responseKind: { group: group ?? resource.group, version: version ?? resource.version, kind },
      verbs,
    })),
  }),
});

const groupMetadata = (name: string): JsonObject => (name === '' ? {} : { name, creationTimestamp: null });

/** `/api` and `/apis` in one document each (`apidiscovery.k8s.io/v2`). */
export const aggregatedDiscovery = (registry: Registry, root: 'api' | 'apis'): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groupsOf(registry)
    .filter(({ name }) => (name === '') === (root === 'api'))
    .map(({ name, versions }) => ({
      metadata: groupMetadata(name),
      versions: [...versions].map(([version, resources]) => ({
        version,
        resources: resources.map(aggregatedResource),
        freshness: 'Current',
      })),
    })),
});

const groupDocument = ({ name, versions }: Group): JsonObject => {
  const served = [...versions.keys()].map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: served, preferredVersion: served[0] ?? {} };
};

/** `/api`, for clients that don't ask for the aggregated form. */
export const coreVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
});

export const groupList = (registry: Registry): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(registry)
    .filter(({ name }) => name !== '')
    .map(groupDocument),
});

export const oneGroup = (registry: Registry, name: string): JsonObject | undefined => {
  const group = groupsOf(registry).find((candidate) => candidate.name === name && name !== '');
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
};

/** `/api/v1`, `/apis/apps/v1`. */
export const resourceList = (registry: Registry, group: string, version: string): JsonObject | undefined => {
  const resources = registry
    .all()
    .filter((resource) => resource.group === group && resource.version === version);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group, version),
    resources: resources.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
        ...(resource.categories.length > 0 && { categories: resource.categories }),
      },
      ...resource.subresources.map((subresource) => ({
        name: `${resource.plural}/${subresource.name}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(subresource.group !== undefined && { group: subresource.group }),
        ...(subresource.version !== undefined && { version: subresource.version }),
        kind: subresource.kind,
        verbs: subresource.verbs,
      })),
    ]),
  };
};
