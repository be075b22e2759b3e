import { kubernetesTable } from '../kubernetes/table.ts';
import { isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import {
  anySchema,
  type FieldSchema,
  type ListSchema,
  type MapSchema,
  type ScalarSchema,
  type Schema,
} from '../schema/schema.ts';

const scalarTypes: Readonly<Record<string, ScalarSchema['type']>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

const relations = ['atomic', 'set', 'map'] as const;

const texts = (list: readonly Json[]): string[] => list.filter((item) => typeof item === 'string');

const listOf = (raw: JsonObject): ListSchema => ({
  kind: 'list',
  items: schemaOf(objectAt(raw, 'items')),
  relation: relations.find((one) => one === raw['x-kubernetes-list-type']) ?? 'atomic',
  keys: texts(listAt(raw, 'x-kubernetes-list-map-keys')),
});

const mapOf = (raw: JsonObject): MapSchema => {
  const fields = new Map<string, FieldSchema>();
  for (const [name, field] of Object.entries(objectAt(raw, 'properties') ?? {})) {
    const fallback = isObject(field) ? field['default'] : undefined;
    fields.set(name, {
      schema: schemaOf(isObject(field) ? field : undefined),
      ...(fallback !== undefined && { default: fallback }),
    });
  }
  const additional = raw['additionalProperties'];
  const preserveUnknown = raw['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    kind: 'map',
    atomic: raw['x-kubernetes-map-type'] === 'atomic',
    fields,
    required: texts(listAt(raw, 'required')),
    ...(isObject(additional) && { element: schemaOf(additional) }),
    ...((preserveUnknown || additional === true) && { preserveUnknown: true, element: anySchema }),
  };
};

/** A structural schema (`openAPIV3Schema`), as far as merging and ownership need it. */
const schemaOf = (raw: JsonObject | undefined): Schema => {
  if (raw === undefined) return anySchema;
  if (raw['x-kubernetes-int-or-string'] === true) return { kind: 'scalar', type: 'integer-or-string' };
  const type = textAt(raw, 'type');
  if (type === 'array') return listOf(raw);
  if (type === 'object' || raw['properties'] !== undefined) return mapOf(raw);
  const scalar = scalarTypes[type ?? ''];
  if (scalar === undefined) return anySchema;
  const values = texts(listAt(raw, 'enum'));
  return { kind: 'scalar', type: scalar, ...(values.length > 0 && { values }) };
};

const text: Schema = { kind: 'scalar', type: 'string' };

/** Of a custom resource: what the CRD says, under the fields that every object has. */
export const customSchema = (raw: JsonObject | undefined): MapSchema => {
  const own = raw === undefined ? mapOf({ 'x-kubernetes-preserve-unknown-fields': true }) : mapOf(raw);
  const fields = new Map(own.fields);
  fields.set('apiVersion', { schema: text });
  fields.set('kind', { schema: text });
  fields.set('metadata', { schema: kubernetesTable().objectMeta });
  return { ...own, fields };
};

/** Puts the defaults of the schema where the object says nothing. */
export const withSchemaDefaults = (value: Json, schema: Schema): Json => {
  if (schema.kind === 'list' && Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => withSchemaDefaults(item, schema.items));
  }
  if (schema.kind !== 'map' || !isObject(value)) return value;
  const result: Record<string, Json> = { ...value };
  for (const [name, field] of schema.fields) {
    const current = result[name] ?? field.default;
    if (current !== undefined && name !== 'metadata')
      result[name] = withSchemaDefaults(current, field.schema);
  }
  if (schema.element !== undefined && schema.element.kind !== 'any') {
    for (const [name, inner] of Object.entries(result)) {
      if (!schema.fields.has(name)) result[name] = withSchemaDefaults(inner, schema.element);
    }
  }
  return result;
};
