import { kubernetesTable } from '../kubernetes/table.ts';
import type { Registry } from '../registry/registry.ts';
import { apiVersionOf, type ServedResource } from '../registry/served-resource.ts';
import type { JsonObject } from '../json/value.ts';

const documentPath = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

/** `/openapi/v3`: where the documents of each group and version are. */
export const openApiV3Index = (registry: Registry): JsonObject => {
  const paths: Record<string, JsonObject> = {};
  for (const { group, version } of registry.all()) {
    const path = documentPath(group, version);
    paths[path] ??= {
      serverRelativeURL: `/openapi/v3/${path}?hash=${kubernetesTable().version}-${registry.generation}`,
    };
  }
  return { paths };
};

const parameter = (name: string): JsonObject => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
});

/** What kubectl looks for: that a PATCH of the kind knows these parameters, so it needn't validate by itself. */
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(parameter);

const operation = (resource: ServedResource, action: string): JsonObject => ({
  parameters: writeParameters,
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': {
    group: resource.group,
    version: resource.version,
    kind: resource.kind,
  },
  responses: {},
});

const pathsOf = (resource: ServedResource): readonly (readonly [string, JsonObject])[] => {
  const root = `/${documentPath(resource.group, resource.version)}`;
  const collection = `${root}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  return [
    [collection, { post: operation(resource, 'post') }],
    [`${collection}/{name}`, { put: operation(resource, 'put'), patch: operation(resource, 'patch') }],
  ];
};

/** One group and version: which parameters its endpoints know. Types are not described. */
export const openApiV3 = (registry: Registry, path: string): JsonObject | undefined => {
  const resources = registry.all().filter(({ group, version }) => documentPath(group, version) === path);
  const [first] = resources;
  if (first === undefined) return undefined;
  return {
    openapi: '3.0.0',
    info: {
      title: `Kubernetes ${apiVersionOf(first.group, first.version)}`,
      version: kubernetesTable().version,
    },
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: {} },
  };
};
