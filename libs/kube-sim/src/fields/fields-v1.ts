import { isObject, type Json, type JsonObject } from '../json/value.ts';
import { emptySet, leaf, nodeOf, type FieldSet } from './field-set.ts';

/** Fields before keys before values before indexes, as structured-merge-diff sorts them. */
const rank: Readonly<Record<string, string>> = { f: '0', k: '1', v: '2', i: '3' };
const sortKey = (element: string): string => `${rank[element[0] ?? ''] ?? '4'}${element}`;

/** A set as `managedFields[].fieldsV1` shows it: elements in order, `.` for a path that has children and is a member. */
export const fieldsV1Of = (set: FieldSet): JsonObject => {
  const json: Record<string, Json> = {};
  if (set.member && set.children.size > 0) json['.'] = {};
  const elements = [...set.children.keys()];
  if (elements.length > 1) elements.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  for (const element of elements) json[element] = fieldsV1Of(set.children.get(element)!);
  return json;
};

const child = (json: JsonObject): FieldSet => {
  const children = new Map<string, FieldSet>();
  let member = false;
  for (const [element, inner] of Object.entries(json)) {
    if (element === '.') member = true;
    else if (isObject(inner)) children.set(canonicalElement(element), child(inner));
  }
  return children.size === 0 ? leaf : nodeOf(member, children);
};

/** A client may write the keys of `k:{…}` in another order than we do. */
const canonicalElement = (element: string): string => {
  if (!element.startsWith('k:')) return element;
  try {
    return keyElement(Object.entries(JSON.parse(element.slice(2)) as JsonObject));
  } catch {
    return element;
  }
};

export const keyElement = (entries: readonly (readonly [string, Json])[]): string =>
  `k:${JSON.stringify(Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1))))}`;

export const valueElement = (value: Json): string => `v:${JSON.stringify(value)}`;

/** The set that `fieldsV1` tells; the root is no member, whatever it says. */
export const setOfFieldsV1 = (json: Json | undefined): FieldSet =>
  isObject(json) && Object.keys(json).length > 0 ? { ...child(json), member: false } : emptySet;
