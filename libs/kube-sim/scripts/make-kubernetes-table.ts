/**
 * Writes `src/kubernetes/table.json`: the resources and types of a real API server, in the few characters that the
 * simulated one needs of them. Run against an API server of the wanted version:
 *
 *     node libs/kube-sim/scripts/make-kubernetes-table.ts https://127.0.0.1:6443 <bearer token> 1.36
 *
 * The shapes written are documented in `src/kubernetes/table.ts`, which reads them.
 */
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RawField, RawResource, RawSchema, RawTable, RawType } from '../src/kubernetes/raw-table.ts';

interface OpenApiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: OpenApiSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources?: readonly {
    readonly subresource: string;
    readonly verbs: readonly string[];
    readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
  }[];
}

interface DiscoveryList {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly DiscoveredResource[];
    }[];
  }[];
}

const [server, token, version] = process.argv.slice(2);
if (server === undefined || token === undefined || version === undefined) {
  process.stderr.write('usage: make-kubernetes-table.ts SERVER TOKEN VERSION\n');
  process.exit(2);
}
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const getJson = async <T>(path: string, accept = 'application/json'): Promise<T> =>
  new Promise((resolve, reject) => {
    // A throw-away API server on this machine: its certificate is its own.
    const options = { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}`, accept } };
    request(`${server}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as T));
    })
      .on('error', reject)
      .end();
  });

/** `io.k8s.api.apps.v1.DeploymentSpec` → `apps.v1.DeploymentSpec`: unique still, and short. */
const shortName = (reference: string): string =>
  reference
    .replace('#/components/schemas/', '')
    .replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis|apimachinery\.pkg)\./, '')
    .replace(/^io\.k8s\.[a-z-]+\.pkg\.apis\./, '');

const scalarOf = (schema: OpenApiSchema): RawSchema => {
  if (schema.format === 'int-or-string') return 'x';
  if (schema.enum !== undefined) return { e: schema.enum };
  if (schema.type === 'string') return schema.format === 'byte' ? 'y' : 's';
  if (schema.type === 'integer') return schema.format === 'int64' ? 'l' : 'i';
  if (schema.type === 'number') return 'n';
  if (schema.type === 'boolean') return 'b';
  return schema.oneOf === undefined ? '*' : 'x';
};

const rawSchema = (schema: OpenApiSchema): RawSchema => {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) return `#${shortName(reference)}`;
  if (schema.type === 'array' && schema.items !== undefined) {
    const mergeKey = schema['x-kubernetes-patch-merge-key'];
    const strategy = schema['x-kubernetes-patch-strategy'];
    return {
      l: rawSchema(schema.items),
      ...(schema['x-kubernetes-list-type'] === 'set' && { t: 's' as const }),
      ...(schema['x-kubernetes-list-type'] === 'map' && {
        t: 'm' as const,
        k: schema['x-kubernetes-list-map-keys'],
      }),
      ...(strategy !== undefined && { s: strategy, ...(mergeKey !== undefined && { p: mergeKey }) }),
    };
  }
  if (schema.additionalProperties !== undefined) {
    return {
      m: rawSchema(schema.additionalProperties),
      ...(schema['x-kubernetes-map-type'] === 'atomic' && { a: 1 }),
    };
  }
  return schema.type === 'object' ? '*' : scalarOf(schema);
};

const rawField = (schema: OpenApiSchema): RawField => {
  const type = rawSchema(schema);
  const strategy = schema.type === 'array' ? undefined : schema['x-kubernetes-patch-strategy'];
  const fallback = typeof schema.default === 'object' || schema.default === '' ? undefined : schema.default;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' && typeof type === 'string';
  const always = typeof schema.default === 'object' && schema.allOf !== undefined;
  return strategy === undefined && fallback === undefined && !atomic && !always
    ? type
    : {
        n: type,
        ...(strategy !== undefined && { s: strategy }),
        ...(fallback !== undefined && { d: fallback as string | number | boolean }),
        ...(atomic && { a: 1 as const }),
        ...(always && { z: 1 as const }),
      };
};

const rawType = (schema: OpenApiSchema): RawType =>
  schema.properties === undefined
    ? { alias: rawSchema(schema) }
    : {
        f: Object.fromEntries(
          Object.entries(schema.properties).map(([name, field]) => [name, rawField(field)]),
        ),
        ...(schema.required !== undefined && { r: schema.required }),
        ...(schema['x-kubernetes-map-type'] === 'atomic' && { a: 1 }),
      };

const rawResources = (list: DiscoveryList): RawResource[] =>
  list.items.flatMap((group) =>
    group.versions.flatMap(({ version: groupVersion, resources }) =>
      (resources ?? []).map((resource) => ({
        group: group.metadata.name ?? '',
        version: groupVersion,
        plural: resource.resource,
        singular: resource.singularResource,
        kind: resource.responseKind?.kind ?? '',
        namespaced: resource.scope === 'Namespaced',
        verbs: resource.verbs,
        ...(resource.shortNames !== undefined && { shortNames: resource.shortNames }),
        ...(resource.categories !== undefined && { categories: resource.categories }),
        ...(resource.subresources !== undefined && {
          subresources: resource.subresources.map(({ subresource, verbs, responseKind }) => ({
            name: subresource,
            verbs,
            kind: responseKind?.kind ?? '',
            ...(responseKind?.group ? { group: responseKind.group } : {}),
            ...(responseKind?.version ? { version: responseKind.version } : {}),
          })),
        }),
      })),
    ),
  );

const { paths } = await getJson<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3');
const schemas: Record<string, OpenApiSchema> = {};
for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
  if (!/^apis?\/.*v\d/.test(path)) continue;
  const document = await getJson<{ components: { schemas?: Record<string, OpenApiSchema> } }>(
    serverRelativeURL,
  );
  Object.assign(schemas, document.components.schemas);
}

const resources = [
  ...rawResources(await getJson<DiscoveryList>('/api', aggregated)),
  ...rawResources(await getJson<DiscoveryList>('/apis', aggregated)),
];
const kinds: Record<string, string> = {};
for (const [name, schema] of Object.entries(schemas)) {
  const identities = schema['x-kubernetes-group-version-kind'] ?? [];
  // Types of every group (DeleteOptions, WatchEvent) aren't a kind of a resource.
  if (identities.length !== 1) continue;
  const { group, version: kindVersion, kind } = identities[0]!;
  if (!kind.endsWith('List')) kinds[`${group}/${kindVersion}/${kind}`] = shortName(name);
}
const byName = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Only what a served kind reaches: lists and options have no schema of their own here. */
const types: Record<string, RawType> = {};
const reach = (name: string): void => {
  if (types[name] !== undefined) return;
  const [, schema] = Object.entries(schemas).find(([full]) => shortName(full) === name) ?? [];
  if (schema === undefined) throw new Error(`no schema is named ${name}`);
  types[name] = rawType(schema);
  for (const [, next] of JSON.stringify(types[name]).matchAll(/"#([^"]+)"/g)) reach(next!);
};
Object.values(kinds).forEach(reach);

const table: RawTable = {
  $comment: 'Made from a real API server by scripts/make-kubernetes-table.ts; not to be edited by hand.',
  version,
  resources,
  kinds: byName(kinds),
  types: byName(types),
};
/** One line per entry, so that a new version's table reads as a diff. */
const lines = (record: Record<string, unknown>): string =>
  Object.entries(record)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',\n');
writeFileSync(
  new URL('../src/kubernetes/table.json', import.meta.url),
  `{"$comment":${JSON.stringify(table.$comment)},\n"version":${JSON.stringify(version)},\n"resources":[\n${table.resources
    .map((resource) => JSON.stringify(resource))
    .join(',\n')}\n],\n"kinds":{\n${lines(table.kinds)}\n},\n"types":{\n${lines(table.types)}\n}}\n`,
);
