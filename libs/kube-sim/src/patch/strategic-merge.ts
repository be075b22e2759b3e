import { badRequest } from '../api/api-error.ts';
import { isList, isObject, jsonEqual, textAt, type Json, type JsonObject } from '../json/value.ts';
import {
  schemaOfField,
  type FieldSchema,
  type ListSchema,
  type MapSchema,
  type Schema,
} from '../schema/schema.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const deleteFrom = '$deleteFromPrimitiveList/';
const order = '$setElementOrder/';

const asMap = (schema: Schema): MapSchema | undefined => (schema.kind === 'map' ? schema : undefined);

const withoutDirectives = (value: Json): Json => {
  if (isList(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !name.startsWith('$') && inner !== null)
      .map(([name, inner]) => [name, withoutDirectives(inner)]),
  );
};

/** Items in the wanted order; those that it doesn't name keep their place after what they followed. */
const ordered = (
  items: readonly Json[],
  wanted: readonly Json[],
  keyOf: (item: Json) => Json | undefined,
): Json[] => {
  const place = (item: Json): number =>
    wanted.findIndex((key) => jsonEqual(keyOf(key) ?? key, keyOf(item) ?? item));
  const named = items.filter((item) => place(item) !== -1).sort((a, b) => place(a) - place(b));
  const result: Json[] = [];
  let next = 0;
  for (const item of items) {
    if (place(item) === -1) result.push(item);
    else result.push(named[next++] ?? item);
  }
  return result;
};

const mergeKeyedList = (
  list: readonly Json[],
  patch: readonly Json[],
  schema: ListSchema,
  key: string,
): Json[] => {
  let result = [...list];
  if (patch.some((item) => textAt(item, directive) === 'replace')) {
    return patch.filter((item) => textAt(item, directive) !== 'replace').map(withoutDirectives);
  }
  for (const item of patch) {
    if (!isObject(item)) throw badRequest('an item of a list that is merged by a key is not an object');
    const id = item[key];
    if (id === undefined) throw badRequest(`an item of a list lacks its merge key ${key}`);
    const matches = (other: Json): boolean => isObject(other) && jsonEqual(other[key], id);
    if (item[directive] === 'delete') {
      result = result.filter((other) => !matches(other));
      continue;
    }
    const index = result.findIndex(matches);
    if (index === -1) result.push(withoutDirectives(item));
    else result[index] = strategicMerged(result[index]!, item, asMap(schema.items));
  }
  return result;
};

const mergeList = (
  list: readonly Json[],
  patch: readonly Json[],
  schema: Schema | undefined,
  field: FieldSchema | undefined,
): readonly Json[] => {
  const strategy = field?.patch;
  if (schema?.kind !== 'list' || strategy?.strategies.includes('merge') !== true)
    return patch.map(withoutDirectives);
  if (strategy.mergeKey !== undefined) return mergeKeyedList(list, patch, schema, strategy.mergeKey);
  return [...list, ...patch.filter((item) => !list.some((other) => jsonEqual(other, item)))];
};

/**
 * Strategic merge patch, as kubectl makes it for built-in kinds: lists with a merge key are merged item by item, and
 * `$patch`, `$retainKeys`, `$setElementOrder`, `$deleteFromPrimitiveList` steer it.
 */
export const strategicMerged = (target: Json, patch: JsonObject, schema: MapSchema | undefined): Json => {
  if (patch[directive] === 'replace') return withoutDirectives(patch);
  if (patch[directive] === 'delete') return {};
  let result: Record<string, Json> = isObject(target) ? { ...target } : {};
  const retained = patch[retainKeys];
  if (isList(retained))
    result = Object.fromEntries(Object.entries(result).filter(([name]) => retained.includes(name)));
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    const current = result[name];
    const field = schema?.fields.get(name);
    const inner = schema === undefined ? undefined : schemaOfField(schema, name);
    if (value === null) delete result[name];
    else if (isObject(value)) result[name] = mergeObject(current, value, inner, field);
    else if (isList(value)) result[name] = mergeList(isList(current) ? current : [], value, inner, field);
    else result[name] = value;
  }
  for (const [name, value] of Object.entries(patch)) steerList(result, name, value, schema);
  return result;
};

const mergeObject = (
  current: Json | undefined,
  patch: JsonObject,
  schema: Schema | undefined,
  field: FieldSchema | undefined,
): Json =>
  field?.patch?.strategies.includes('replace') === true || current === undefined || !isObject(current)
    ? withoutDirectives(patch)
    : strategicMerged(current, patch, schema === undefined ? undefined : asMap(schema));

const steerList = (
  result: Record<string, Json>,
  name: string,
  value: Json,
  schema: MapSchema | undefined,
): void => {
  if (!isList(value)) return;
  if (name.startsWith(deleteFrom)) {
    const field = name.slice(deleteFrom.length);
    const current = result[field];
    if (isList(current))
      result[field] = current.filter((item) => !value.some((gone) => jsonEqual(gone, item)));
  }
  if (name.startsWith(order)) {
    const field = name.slice(order.length);
    const current = result[field];
    const key = schema?.fields.get(field)?.patch?.mergeKey;
    if (isList(current)) {
      result[field] = ordered(current, value, (item) =>
        key !== undefined && isObject(item) ? item[key] : undefined,
      );
    }
  }
};
