import { isList, isObject, type Json, type JsonObject } from '../json/value.ts';
import { atomsOf } from '../schema/atom.ts';
import { schemaOfField, type ListSchema, type MapSchema, type Schema } from '../schema/schema.ts';
import { itemElement } from './elements.ts';

const mergeFields = (schema: MapSchema, left: JsonObject, right: JsonObject): JsonObject => {
  const merged: Record<string, Json> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const result = merge(left[name], value, schemaOfField(schema, name));
    if (result === undefined) delete merged[name];
    else merged[name] = result;
  }
  return merged;
};

/** Items by element; `undefined` for an element that several items share: those merge with nothing. */
const indexed = (
  schema: ListSchema,
  items: readonly Json[],
): { elements: string[]; byElement: Map<string, Json | undefined> } => {
  const elements: string[] = [];
  const byElement = new Map<string, Json | undefined>();
  for (const item of items) {
    const element = itemElement(schema, item) ?? JSON.stringify(item);
    byElement.set(element, byElement.has(element) ? undefined : item);
    elements.push(element);
  }
  return { elements, byElement };
};

/**
 * The applied order wins among the applied items, and what only lives keeps its place between them: the walk of
 * structured-merge-diff, step by step, because the order is visible to every reader.
 */
const mergeItems = (schema: ListSchema, left: readonly Json[], right: readonly Json[]): readonly Json[] => {
  const live = indexed(schema, left);
  const applied = indexed(schema, right);
  const shared = applied.elements.filter((element) => live.byElement.has(element));
  const merged = new Set<string>();
  const out: Json[] = [];
  const push = (liveItem: Json | undefined, appliedItem: Json | undefined): void => {
    const item = merge(liveItem, appliedItem, schema.items);
    if (item !== undefined) out.push(item);
  };
  let nextShared = shared.shift();
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const leftElement = live.elements[l];
    const rightElement = applied.elements[r];
    if (leftElement !== undefined && rightElement !== undefined) {
      if (leftElement === rightElement) {
        merged.add(leftElement);
        push(live.byElement.get(leftElement), applied.byElement.get(leftElement));
        l += 1;
        r += 1;
        nextShared = shared.shift();
        continue;
      }
      if (applied.byElement.has(leftElement) && nextShared !== undefined && nextShared !== leftElement) {
        l += 1;
        continue;
      }
    }
    if (leftElement !== undefined) {
      if (!applied.byElement.has(leftElement)) {
        push(left[l], undefined);
        l += 1;
        continue;
      }
      if (merged.has(leftElement)) l += 1;
    }
    if (rightElement !== undefined) {
      merged.add(rightElement);
      push(live.byElement.get(rightElement), applied.byElement.get(rightElement));
      r += 1;
      if (nextShared === rightElement) nextShared = shared.shift();
    }
  }
  return out;
};

/** What lives with what is applied laid over it. Atomic values and scalars are taken whole from what is applied. */
export const merge = (left: Json | undefined, right: Json | undefined, schema: Schema): Json | undefined => {
  if (right === undefined || left === right) return left;
  if (left === undefined) return right;
  const [atom] = atomsOf(schema, left, right).slice(-1);
  if (atom?.kind === 'map' && !atom.atomic && isObject(left) && (isObject(right) || right === null)) {
    if (Object.keys(left).length === 0) return right;
    return mergeFields(atom, left, right ?? {});
  }
  if (
    atom?.kind === 'list' &&
    atom.relation !== 'atomic' &&
    isList(left) &&
    (isList(right) || right === null)
  ) {
    if (left.length === 0) return right;
    return mergeItems(atom, left, right ?? []);
  }
  return right;
};
