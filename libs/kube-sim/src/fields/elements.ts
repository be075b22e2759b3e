import { isObject, type Json } from '../json/value.ts';
import type { ListSchema } from '../schema/schema.ts';
import { keyElement, valueElement } from './fields-v1.ts';

export const fieldElement = (name: string): string => `f:${name}`;

/**
 * How a set's or a map-list's item is told from its siblings; `undefined` for an item that has none of the keys or
 * isn't an object. A missing key takes its default (`protocol: TCP`), as in the OpenAPI document.
 */
export const itemElement = (schema: ListSchema, item: Json): string | undefined => {
  if (schema.relation === 'set') return valueElement(item);
  if (!isObject(item) || schema.items.kind !== 'map') return undefined;
  const fields = schema.items.fields;
  const entries: [string, Json][] = [];
  for (const key of schema.keys) {
    const value = item[key] ?? fields.get(key)?.default;
    if (value !== undefined) entries.push([key, value]);
  }
  return entries.length === 0 ? undefined : keyElement(entries);
};

/** Items by their element, in order; those that share one stand together. */
export const itemsByElement = (schema: ListSchema, items: readonly Json[]): Map<string, Json[]> => {
  const byElement = new Map<string, Json[]>();
  for (const item of items) {
    const element = itemElement(schema, item);
    if (element === undefined) continue;
    const same = byElement.get(element);
    if (same === undefined) byElement.set(element, [item]);
    else same.push(item);
  }
  return byElement;
};
