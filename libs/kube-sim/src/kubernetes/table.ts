import { readFileSync } from 'node:fs';
import type { FieldSchema, MapSchema, PatchStrategy, ScalarSchema, Schema } from '../schema/schema.ts';
import { anySchema } from '../schema/schema.ts';
import type { RawField, RawResource, RawSchema, RawTable } from './raw-table.ts';

/** The resources and types that a real API server of `version` serves; read once, shared by all clusters. */
export interface KubernetesTable {
  readonly version: string;
  readonly resources: readonly RawResource[];
  /** `undefined` for a kind that Kubernetes doesn't have. */
  schemaOf(group: string, version: string, kind: string): MapSchema | undefined;
  readonly objectMeta: MapSchema;
  /** The file's own text of types: OpenAPI documents are made from it. */
  readonly raw: RawTable;
}

const scalars: Readonly<Record<string, ScalarSchema>> = {
  s: { kind: 'scalar', type: 'string' },
  y: { kind: 'scalar', type: 'bytes' },
  i: { kind: 'scalar', type: 'integer' },
  l: { kind: 'scalar', type: 'integer' },
  n: { kind: 'scalar', type: 'number' },
  b: { kind: 'scalar', type: 'boolean' },
  x: { kind: 'scalar', type: 'integer-or-string' },
};

const patchOf = (strategy: string | undefined, mergeKey?: string): { patch: PatchStrategy } | undefined =>
  strategy === undefined
    ? undefined
    : { patch: { strategies: strategy.split(','), ...(mergeKey !== undefined && { mergeKey }) } };

class SchemaReader {
  readonly #raw: RawTable;
  readonly #types = new Map<string, Schema>();

  constructor(raw: RawTable) {
    this.#raw = raw;
  }

  type(name: string): Schema {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const raw = this.#raw.types[name];
    if (raw === undefined) throw new Error(`the table of Kubernetes types lacks ${name}`);
    if ('alias' in raw) return this.schema(raw.alias);
    // Registered before its fields are read: JSONSchemaProps holds itself.
    const fields = new Map<string, FieldSchema>();
    const schema: MapSchema = { kind: 'map', atomic: raw.a === 1, fields, required: raw.r ?? [] };
    this.#types.set(name, schema);
    for (const [field, rawField] of Object.entries(raw.f)) fields.set(field, this.#field(rawField));
    return schema;
  }

  schema(raw: RawSchema): Schema {
    if (typeof raw === 'string')
      return raw.startsWith('#') ? this.type(raw.slice(1)) : (scalars[raw] ?? anySchema);
    if ('e' in raw) return { kind: 'scalar', type: 'string', values: raw.e };
    if ('m' in raw) {
      return {
        kind: 'map',
        atomic: raw.a === 1,
        fields: new Map(),
        required: [],
        element: this.schema(raw.m),
      };
    }
    const relation = raw.t === 's' ? 'set' : raw.t === 'm' ? 'map' : 'atomic';
    return { kind: 'list', items: this.schema(raw.l), relation, keys: raw.k ?? [], ...patchOf(raw.s, raw.p) };
  }

  #field(raw: RawField): FieldSchema {
    if (typeof raw === 'string' || !('n' in raw)) {
      const schema = this.schema(raw);
      return { schema, ...(schema.kind === 'list' && schema.patch !== undefined && { patch: schema.patch }) };
    }
    const schema = this.schema(raw.n);
    return {
      schema: raw.a === 1 && schema.kind === 'map' ? { ...schema, atomic: true } : schema,
      ...(raw.d !== undefined && { default: raw.d }),
      ...(raw.z === 1 && schema.kind === 'map' && { always: true }),
      ...patchOf(raw.s),
    };
  }
}

const read = (): KubernetesTable => {
  const raw = JSON.parse(readFileSync(new URL('./table.json', import.meta.url), 'utf8')) as RawTable;
  const reader = new SchemaReader(raw);
  const mapType = (name: string): MapSchema => {
    const schema = reader.type(name);
    if (schema.kind !== 'map') throw new Error(`${name} isn't a structure`);
    return schema;
  };
  return {
    version: raw.version,
    resources: raw.resources,
    raw,
    objectMeta: mapType('meta.v1.ObjectMeta'),
    schemaOf: (group, version, kind) => {
      const name = raw.kinds[`${group}/${version}/${kind}`];
      return name === undefined ? undefined : mapType(name);
    },
  };
};

let table: KubernetesTable | undefined;

export const kubernetesTable = (): KubernetesTable => (table ??= read());
