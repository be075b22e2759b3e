import type { Json, JsonObject } from '../json/value.ts';
import { jsonEqual } from '../json/value.ts';
import { compare, withoutFields, type Comparison } from '../fields/compare.ts';
import {
  difference,
  emptySet,
  intersection,
  isEmpty,
  recursiveDifference,
  setOf,
  union,
  type FieldSet,
} from '../fields/field-set.ts';
import { fieldsOf, withNamedFields } from '../fields/fields-of.ts';
import { merge } from '../fields/merge.ts';
import { removeFields } from '../fields/remove.ts';
import type { MapSchema } from '../schema/schema.ts';
import type { Conflict } from './conflict.ts';
import { managerKey, type Manager, type Managers } from './managers.ts';

/** Who writes now, and when. */
export interface Writer {
  readonly name: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
}

/** What a write is made on. */
export interface WriteContext {
  readonly schema: MapSchema;
  /** Fields that this endpoint ignores: `status` of the object, all but `status` of its status subresource. */
  readonly ignored: FieldSet;
}

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly object: JsonObject; readonly managers: Managers }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] };

/** Fields that nobody owns: they name the object or belong to the server. */
const unowned = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => ['f:metadata', `f:${field}`]),
);

/** How many entries of updaters an object keeps; older ones are thrown together. */
const maxUpdaters = 10;

const withFields = (manager: Manager, fields: FieldSet): Manager => ({ ...manager, fields });

/**
 * Takes changed and removed fields away from everybody else. Conflicts are the fields that another manager owns and
 * that this write adds or changes.
 */
const takenFromOthers = (
  comparison: Comparison,
  managers: Managers,
  writerKey: string,
): { managers: Map<string, Manager>; conflicts: Conflict[] } => {
  const changed = union(comparison.modified, comparison.added);
  const rest = new Map<string, Manager>();
  const conflicts: Conflict[] = [];
  for (const [key, manager] of managers) {
    if (key === writerKey) {
      rest.set(key, manager);
      continue;
    }
    const contested = intersection(manager.fields, changed);
    if (!isEmpty(contested)) conflicts.push({ manager, fields: contested });
    const fields = difference(difference(manager.fields, contested), comparison.removed);
    if (!isEmpty(fields)) rest.set(key, withFields(manager, fields));
  }
  return { managers: rest, conflicts };
};

/**
 * Removes what this applier applied last time, doesn't apply now, and nobody else manages. The steps, and why all
 * three are needed, are structured-merge-diff's: take everything of the last set away; give back what is managed;
 * give back what wasn't in the last set at all (nobody's fields, which went with a structure around them).
 */
const prune = (merged: Json, last: FieldSet, managed: FieldSet, schema: MapSchema): Json => {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const setOfValue = (value: Json): FieldSet => named(fieldsOf(value, schema));
  const all = setOfValue(merged);
  const stripped = removeFields(merged, named(last), schema);
  const withOwned = removeFields(
    merged,
    difference(all, union(setOfValue(stripped), named(managed))),
    schema,
  );
  const dangling = intersection(difference(all, setOfValue(withOwned)), named(last));
  return removeFields(merged, dangling, schema) ?? {};
};

/** Server-side apply of `config` over `live`, without the server's own bookkeeping. */
export const applyConfig = (
  context: WriteContext,
  live: JsonObject,
  config: JsonObject,
  managers: Managers,
  writer: Writer,
  force: boolean,
): ApplyOutcome => {
  const { schema, ignored } = context;
  const key = managerKey({ ...writer, operation: 'Apply' });
  const previous = managers.get(key);
  const fields = recursiveDifference(fieldsOf(config, schema), ignored);
  const mine: Manager = { ...writer, operation: 'Apply', fields, time: previous?.time };
  const claimed = new Map(managers).set(key, mine);
  const managed = [...claimed.values()].map((manager) => manager.fields).reduce(union, emptySet);
  const merged = merge(live, config, schema) ?? {};
  const pruned = prune(merged, previous?.fields ?? emptySet, managed, schema) as JsonObject;
  const comparison = withoutFields(compare(live, pruned, schema), ignored);
  const taken = takenFromOthers(comparison, claimed, key);
  if (taken.conflicts.length > 0 && !force) return { kind: 'conflict', conflicts: taken.conflicts };
  // An apply that changes nothing but ownership leaves its entry's time as it was.
  const time = jsonEqual(live, pruned) ? previous?.time : writer.time;
  const owned = difference(fields, unowned);
  if (isEmpty(owned)) taken.managers.delete(key);
  else taken.managers.set(key, { ...mine, time, fields: owned });
  return { kind: 'applied', object: pruned, managers: taken.managers };
};

/** Throws the oldest updaters of one version together, until few enough are left. */
const capped = (managers: Map<string, Manager>): Map<string, Manager> => {
  const updaters = [...managers]
    .filter(([, { operation }]) => operation === 'Update')
    .sort(([a, one], [b, other]) => ((one.time ?? '') + a < (other.time ?? '') + b ? -1 : 1));
  const first = new Map<string, string>();
  let excess = updaters.length - maxUpdaters;
  for (const [key, manager] of updaters) {
    if (excess <= 0) break;
    const firstKey = first.get(manager.apiVersion);
    if (firstKey === undefined) {
      first.set(manager.apiVersion, key);
      continue;
    }
    const bucket: Manager = { ...manager, name: 'ancient-changes', subresource: '' };
    const bucketKey = managerKey(bucket);
    const together = managers.get(bucketKey) ?? managers.get(firstKey);
    managers.delete(firstKey);
    managers.delete(key);
    managers.set(bucketKey, withFields(bucket, union(manager.fields, together?.fields ?? emptySet)));
    excess -= 1;
  }
  return managers;
};

/** Who owns what was there before anybody applied, if the object lost its managers. */
export const managersBeforeApply = (
  context: WriteContext,
  empty: JsonObject,
  live: JsonObject,
  writer: Writer,
): Managers => updateManagers(context, empty, live, new Map(), { ...writer, name: 'before-first-apply' });

/** The managers after a create, update or patch: the writer owns what it changed, nobody owns what it removed. */
export const updateManagers = (
  context: WriteContext,
  live: JsonObject,
  next: JsonObject,
  managers: Managers,
  writer: Writer,
): Managers => {
  const { schema, ignored } = context;
  const key = managerKey({ ...writer, operation: 'Update' });
  const comparison = withoutFields(compare(live, next, schema), ignored);
  // The writer's own earlier entry loses fields like any other; what is changed now is added to it again.
  const { managers: rest } = takenFromOthers(comparison, managers, '');
  const changed = difference(union(comparison.modified, comparison.added), unowned);
  if (isEmpty(changed)) return rest;
  const previous = rest.get(key)?.fields ?? emptySet;
  rest.set(key, { ...writer, operation: 'Update', fields: union(changed, previous) });
  return capped(rest);
};
