import { isList, isNumber, isObject, type Json } from '../json/value.ts';
import { itemElement } from '../fields/elements.ts';
import { printPath } from '../managed/conflict.ts';
import { schemaOfField, type ScalarSchema, type Schema } from './schema.ts';

const goValue = (value: Json): string =>
  typeof value === 'string' ? value : `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;

const scalarProblem = (schema: ScalarSchema, value: Json): string | undefined => {
  if (value === null) return undefined;
  switch (schema.type) {
    case 'string':
    case 'bytes':
      return typeof value === 'string' ? undefined : `expected string, got ${goValue(value)}`;
    case 'integer':
    case 'number':
      return isNumber(value) ? undefined : `expected numeric (int or float), got ${goValue(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goValue(value)}`;
    case 'integer-or-string':
      return isObject(value) || isList(value) ? `expected scalar, got ${goValue(value)}` : undefined;
    default:
      return schema.type satisfies never;
  }
};

/**
 * Why a value can't be applied: fields that the kind lacks, values of another type, list items without their keys or
 * with the same ones. Apply is strict where create only warns.
 */
export const configProblems = (value: Json, schema: Schema, path: string = ''): string[] => {
  if (schema.kind === 'any' || value === null) return [];
  if (schema.kind === 'scalar') {
    const problem = scalarProblem(schema, value);
    return problem === undefined ? [] : [`${path}: ${problem}`];
  }
  if (schema.kind === 'list') {
    if (!isList(value)) return [`${path}: expected list, got ${goValue(value)}`];
    const seen = new Set<string>();
    return value.flatMap((item, index) => {
      if (schema.relation === 'atomic') return configProblems(item, schema.items, `${path}[${index}]`);
      const element = itemElement(schema, item);
      if (element === undefined) {
        const keys = schema.keys.map((key) => `"${key}"`).join(', ');
        return [
          `${path}: element ${index}: associative list with keys has an element that omits key field ${keys} (and doesn't have default value)`,
        ];
      }
      if (seen.has(element)) return [`${path}: duplicate entries for key ${printPath([element])}`];
      seen.add(element);
      return configProblems(item, schema.items, `${path}${printPath([element])}`);
    });
  }
  if (!isObject(value)) return [`${path}: expected map, got ${goValue(value)}`];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = schema.fields.has(name) || schema.element !== undefined || schema.preserveUnknown === true;
    return known
      ? configProblems(inner, schemaOfField(schema, name), `${path}.${name}`)
      : [`${path}.${name}: field not declared in schema`];
  });
};
