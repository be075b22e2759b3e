import { isList, isObject, jsonEqual, type Json, type JsonObject } from '../json/value.ts';
import { atomsOf, type Atom } from '../schema/atom.ts';
import { schemaOfField, type ListSchema, type MapSchema, type Schema } from '../schema/schema.ts';
import { fieldElement, itemsByElement } from './elements.ts';
import { emptySet, isEmpty, leaf, nodeOf, recursiveDifference, union, type FieldSet } from './field-set.ts';

/** What became of an object, path by path. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const same: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };

export const isSame = (comparison: Comparison): boolean =>
  isEmpty(comparison.added) && isEmpty(comparison.modified) && isEmpty(comparison.removed);

export const withoutFields = (comparison: Comparison, fields: FieldSet): Comparison =>
  isEmpty(fields)
    ? comparison
    : {
        added: recursiveDifference(comparison.added, fields),
        modified: recursiveDifference(comparison.modified, fields),
        removed: recursiveDifference(comparison.removed, fields),
      };

const joined = (a: Comparison, b: Comparison): Comparison => ({
  added: union(a.added, b.added),
  modified: union(a.modified, b.modified),
  removed: union(a.removed, b.removed),
});

/** Gathers the children's comparisons under their elements; makes nothing where nothing differs. */
class Children {
  readonly #added = new Map<string, FieldSet>();
  readonly #modified = new Map<string, FieldSet>();
  readonly #removed = new Map<string, FieldSet>();

  add(element: string, comparison: Comparison): void {
    if (comparison === same) return;
    if (!isEmpty(comparison.added)) this.#added.set(element, comparison.added);
    if (!isEmpty(comparison.modified)) this.#modified.set(element, comparison.modified);
    if (!isEmpty(comparison.removed)) this.#removed.set(element, comparison.removed);
  }

  under(isNew: boolean, isGone: boolean): Comparison {
    const added = nodeOf(isNew, this.#added);
    const modified = nodeOf(false, this.#modified);
    const removed = nodeOf(isGone, this.#removed);
    return isEmpty(added) && isEmpty(modified) && isEmpty(removed) ? same : { added, modified, removed };
  }
}

const compareLeaf = (left: Json | undefined, right: Json | undefined): Comparison => {
  if (left === undefined) return { ...same, added: leaf };
  if (right === undefined) return { ...same, removed: leaf };
  return jsonEqual(left, right) ? same : { ...same, modified: leaf };
};

const compareItems = (
  schema: ListSchema,
  left: readonly Json[],
  right: readonly Json[],
  isNew: boolean,
  isGone: boolean,
): Comparison => {
  const children = new Children();
  const before = itemsByElement(schema, left);
  const after = itemsByElement(schema, right);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const olds = before.get(element) ?? [];
    const news = after.get(element) ?? [];
    if (olds.length <= 1 && news.length <= 1) {
      children.add(element, compare(olds[0], news[0], schema.items));
    } else if (olds.length > 1 && news.length > 1) {
      children.add(element, jsonEqual(olds, news) ? same : { ...same, modified: leaf });
    } else if (olds.length > 1) {
      const rest = news.length === 0 ? same : compare(undefined, news[0], schema.items);
      children.add(element, joined(rest, { ...same, removed: leaf }));
    } else {
      const rest = olds.length === 0 ? same : compare(olds[0], undefined, schema.items);
      children.add(element, joined(rest, { ...same, added: leaf }));
    }
  }
  return children.under(isNew, isGone);
};

const compareFields = (
  schema: MapSchema,
  left: JsonObject,
  right: JsonObject,
  isNew: boolean,
  isGone: boolean,
): Comparison => {
  const children = new Children();
  for (const [name, value] of Object.entries(left)) {
    const other = right[name];
    if (value === other) continue;
    children.add(fieldElement(name), compare(value, other, schemaOfField(schema, name)));
  }
  for (const [name, value] of Object.entries(right)) {
    if (left[name] === undefined) {
      children.add(fieldElement(name), compare(undefined, value, schemaOfField(schema, name)));
    }
  }
  return children.under(isNew, isGone);
};

const compareAs = (atom: Atom, left: Json | undefined, right: Json | undefined): Comparison => {
  if (atom.kind === 'scalar') return compareLeaf(left, right);
  const [isNew, isGone] = [left === undefined, right === undefined];
  if (atom.kind === 'list') {
    const [olds, news] = [isList(left) ? left : [], isList(right) ? right : []];
    // An empty list and none differ, so two empty ones are a leaf.
    if (atom.relation === 'atomic' || (olds.length === 0 && news.length === 0))
      return compareLeaf(left, right);
    return compareItems(atom, olds, news, isNew, isGone);
  }
  const [olds, news] = [isObject(left) ? left : {}, isObject(right) ? right : {}];
  if (atom.atomic || (Object.keys(olds).length === 0 && Object.keys(news).length === 0))
    return compareLeaf(left, right);
  return compareFields(atom, olds, news, isNew, isGone);
};

/** Structured-merge-diff's comparison of two values of one schema; `undefined` is a value that isn't there. */
export const compare = (left: Json | undefined, right: Json | undefined, schema: Schema): Comparison => {
  if (left === right) return same;
  return atomsOf(schema, left, right)
    .map((atom) => compareAs(atom, left, right))
    .reduce(joined);
};
