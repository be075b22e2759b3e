import { isList, isNumber, isObject, type Json, type JsonObject } from '../json/value.ts';
import type { ListSchema, MapSchema, ScalarSchema, Schema } from './schema.ts';

/** What was wrong with a request's object; the values are left out as they were. */
export interface DecodeIssues {
  /** Paths of fields that the kind doesn't have. */
  readonly unknown: string[];
  /** Values of a wrong type, in the words of Go's decoder. */
  readonly wrong: string[];
}

/** How much a normal form drops: Go's types write no empty optional lists and maps, custom resources keep them. */
export interface NormalForm {
  readonly dropEmpty: boolean;
}

const goType: Readonly<Record<ScalarSchema['type'], string>> = {
  string: 'string',
  bytes: 'string',
  integer: 'int32',
  number: 'float64',
  boolean: 'bool',
  'integer-or-string': 'string',
};

const jsonTypeOf = (value: Json): string => {
  if (isList(value)) return 'array';
  if (isNumber(value)) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const fits = (schema: ScalarSchema, value: Json): boolean => {
  switch (schema.type) {
    case 'string':
    case 'bytes':
      return typeof value === 'string';
    case 'integer':
      return isNumber(value) && (typeof value !== 'number' || Number.isInteger(value));
    case 'number':
      return isNumber(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer-or-string':
      return typeof value === 'string' || isNumber(value);
    default:
      return schema.type satisfies never;
  }
};

class Normalizer {
  readonly #issues: DecodeIssues;
  readonly #form: NormalForm;

  constructor(issues: DecodeIssues, form: NormalForm) {
    this.#issues = issues;
    this.#form = form;
  }

  value(value: Json, schema: Schema, path: string): Json | undefined {
    switch (schema.kind) {
      case 'any':
        return value;
      case 'scalar':
        return this.#scalar(value, schema, path);
      case 'list':
        return this.#list(value, schema, path);
      case 'map':
        return this.map(value, schema, path);
      default:
        return schema satisfies never;
    }
  }

  #scalar(value: Json, schema: ScalarSchema, path: string): Json | undefined {
    if (!fits(schema, value)) return this.#mismatch(value, goType[schema.type], path);
    if (schema.type === 'bytes' && typeof value === 'string' && !base64.test(value)) {
      const byte = /[^A-Za-z0-9+/]/.exec(value)?.index ?? value.length;
      this.#issues.wrong.push(`illegal base64 data at input byte ${byte}`);
      return undefined;
    }
    return value;
  }

  #list(value: Json, schema: ListSchema, path: string): Json | undefined {
    if (!isList(value)) return this.#mismatch(value, 'slice', path);
    const items: Json[] = [];
    value.forEach((item, index) => {
      const normal = item === null ? undefined : this.value(item, schema.items, `${path}[${index}]`);
      if (normal !== undefined) items.push(normal);
    });
    return items;
  }

  map(value: Json, schema: MapSchema, path: string): JsonObject | undefined {
    if (!isObject(value)) return this.#mismatch(value, 'struct', path);
    const result: Record<string, Json> = {};
    for (const [name, inner] of Object.entries(value)) {
      const field = schema.fields.get(name);
      const innerSchema = field?.schema ?? schema.element;
      const innerPath = path === '' ? name : `${path}.${name}`;
      if (innerSchema === undefined) {
        if (schema.preserveUnknown === true) result[name] = inner;
        else this.#issues.unknown.push(innerPath);
        continue;
      }
      if (inner === null) {
        if (this.#form.dropEmpty || field !== undefined) continue;
        result[name] = inner;
        continue;
      }
      const normal = this.value(inner, innerSchema, innerPath);
      if (normal === undefined || (field !== undefined && this.#isNothing(normal, innerSchema, schema, name)))
        continue;
      result[name] = normal;
    }
    if (this.#form.dropEmpty) this.#addStructures(result, schema);
    return result;
  }

  #isNothing(value: Json, schema: Schema, parent: MapSchema, name: string): boolean {
    if (!this.#form.dropEmpty || parent.required.includes(name)) return false;
    if (schema.kind === 'list') return isList(value) && value.length === 0;
    return (
      schema.kind === 'map' && schema.fields.size === 0 && isObject(value) && Object.keys(value).length === 0
    );
  }

  #addStructures(result: Record<string, Json>, schema: MapSchema): void {
    for (const [name, field] of schema.fields) {
      if (field.always === true && result[name] === undefined && field.schema.kind === 'map') {
        result[name] = emptyOf(field.schema);
      }
    }
  }

  #mismatch(value: Json, type: string, path: string): undefined {
    const field = path.replace(/\[\d+\]/g, '');
    this.#issues.wrong.push(
      `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${field} of type ${type}`,
    );
    return undefined;
  }
}

/** What is left of an empty Go structure in JSON: the structures in it that aren't pointers. */
export const emptyOf = (schema: MapSchema): JsonObject => {
  const empty: Record<string, Json> = {};
  for (const [name, field] of schema.fields) {
    if (field.always === true && field.schema.kind === 'map') empty[name] = emptyOf(field.schema);
    // A number or boolean that is always written, be it zero, says so by this default.
    else if (field.default === 0 || field.default === false) empty[name] = field.default;
    else if (!schema.required.includes(name)) continue;
    else if (field.schema.kind === 'list' || field.schema.kind === 'map') empty[name] = null;
    else if (field.default !== undefined) empty[name] = field.default;
  }
  return empty;
};

/** An object as the server keeps it: no unknown fields, no nulls, nothing of a wrong type. */
export const normalize = (
  value: JsonObject,
  schema: MapSchema,
  form: NormalForm,
): { object: JsonObject; issues: DecodeIssues } => {
  const issues: DecodeIssues = { unknown: [], wrong: [] };
  return { object: new Normalizer(issues, form).map(value, schema, '') ?? {}, issues };
};
