import type { Json } from '../json/value.ts';

/**
 * What the server knows of a value's shape: how it merges, who can own which part of it, what is valid. Structures
 * and maps are one kind, as in Kubernetes' structured-merge-diff: a structure is a map with known fields.
 */
export type Schema = ScalarSchema | ListSchema | MapSchema | AnySchema;

export interface ScalarSchema {
  readonly kind: 'scalar';
  readonly type: 'string' | 'bytes' | 'integer' | 'number' | 'boolean' | 'integer-or-string';
  /** The only values, of a string. */
  readonly values?: readonly string[];
}

export interface ListSchema {
  readonly kind: 'list';
  readonly items: Schema;
  readonly relation: 'atomic' | 'set' | 'map';
  /** Of a map: the fields that tell items apart. */
  readonly keys: readonly string[];
  readonly patch?: PatchStrategy;
}

export interface MapSchema {
  readonly kind: 'map';
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldSchema>;
  readonly required: readonly string[];
  /** Of what isn't a known field; missing where nothing else is allowed. */
  readonly element?: Schema;
  /** Unknown fields are kept, though nothing is known of them. */
  readonly preserveUnknown?: boolean;
}

export interface FieldSchema {
  readonly schema: Schema;
  readonly default?: Json;
  /** A structure that every stored object has, be it empty. */
  readonly always?: boolean;
  readonly patch?: PatchStrategy;
}

/** Of strategic merge patch, whose rules are older than, and differ from, those of server-side apply. */
export interface PatchStrategy {
  readonly strategies: readonly string[];
  readonly mergeKey?: string;
}

/** Nothing is known: maps are merged field by field, lists are atomic. */
export interface AnySchema {
  readonly kind: 'any';
}

export const anySchema: AnySchema = { kind: 'any' };

/** A list or map about which nothing is known, read as what the value at hand is. */
export const anyMap: MapSchema = {
  kind: 'map',
  atomic: false,
  fields: new Map(),
  required: [],
  element: anySchema,
  preserveUnknown: true,
};
export const anyList: ListSchema = { kind: 'list', items: anySchema, relation: 'atomic', keys: [] };
export const anyScalar: ScalarSchema = { kind: 'scalar', type: 'integer-or-string' };

export const schemaOfField = (schema: MapSchema, name: string): Schema =>
  schema.fields.get(name)?.schema ?? schema.element ?? anySchema;
