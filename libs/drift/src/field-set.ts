import { equalJson, isList, isMap, memberOf, parseJson } from './json.ts';
import type { Json } from './json.ts';
import { childOf } from './place.ts';
import type { Place } from './place.ts';

/**
 * What a manager owns of an object, as `metadata.managedFields` writes it (FieldsV1 of KEP-555): `f:<name>` a field,
 * `k:<keys>` a list's item by its keys, `v:<value>` an item of a set, `i:<index>`; `.` the thing itself. What has no
 * members is owned whole.
 */
export type FieldSet = Json;

/** An entry of `metadata.managedFields`. */
export interface Owner {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: unknown;
}

/** `inside`: of what stands there, parts. `above`: of a value that is atomic, and what stands there is a part of it. */
export type Ownership = 'none' | 'whole' | 'inside' | 'above';

/** How much of what stands at a place of `root` a set holds. */
export function ownershipOf(set: FieldSet | undefined, root: Json, place: Place): Ownership {
  if (set === undefined) return 'none';
  let nodes: Json[] = [set];
  let value: Json | undefined = root;
  for (const [depth, step] of place.entries()) {
    if (depth > 0 && nodes.some(isWhole)) return 'above';
    const item = childOf(value, step);
    nodes = nodes.flatMap((node) => into(node, step, item));
    if (nodes.length === 0) return 'none';
    value = item;
  }
  return nodes.some(isWhole) ? 'whole' : 'inside';
}

/** The members of a set that stand for a field or item; several where an item's keys aren't all written out. */
export function into(node: Json, step: string | number, item: Json | undefined): Json[] {
  if (!isMap(node)) return [];
  if (typeof step === 'string') {
    const member = memberOf(node, `f:${step}`);
    return member === undefined ? [] : [member];
  }
  return Object.entries(node).flatMap(([key, member]) => (standsFor(key, step, item) ? [member] : []));
}

function standsFor(key: string, index: number, item: Json | undefined): boolean {
  if (key.startsWith('i:')) return key === `i:${index}`;
  if (item === undefined) return false;
  if (key.startsWith('v:')) return equalJson(read(key), item);
  if (!key.startsWith('k:')) return false;
  const keys = read(key);
  // A key that the item leaves out has its default.
  return (
    isMap(keys) &&
    Object.keys(keys).some((name) => memberOf(item, name) !== undefined) &&
    Object.entries(keys).every(([name, value]) => {
      const own = memberOf(item, name);
      return own === undefined || equalJson(own, value);
    })
  );
}

function read(key: string): Json {
  try {
    return parseJson(key.slice(2));
  } catch {
    return null;
  }
}

export function isWhole(node: Json): boolean {
  return !isMap(node) || Object.keys(node).every((key) => key === '.');
}

/** True when every field of `a` is in `b`: nobody took one out. */
export function isWithin(a: FieldSet | undefined, b: FieldSet | undefined): boolean {
  if (a === undefined) return true;
  if (b === undefined || !isMap(a) || !isMap(b)) return b !== undefined;
  return Object.entries(a).every(([key, member]) => key === '.' || isWithin(member, memberOf(b, key)));
}

/** What the API server keeps of an object beside its manifest, or of which managedFields say nothing. */
const untracked = new Set(['apiVersion', 'kind', 'status']);
const trackedMetadata = new Set(['labels', 'annotations', 'finalizers', 'ownerReferences']);

/**
 * The fields of a manifest that a set doesn't hold: what others took from it. Empty values, which APIs drop or keep as
 * they like, prove nothing, nor do fields that no set ever holds.
 */
export function fieldsOutside(set: FieldSet | undefined, manifest: Json): Place[] {
  const found: Place[] = [];
  const visit = (value: Json, nodes: readonly Json[], place: Place): void => {
    if (isEmpty(value)) return;
    // Of metadata some is tracked and some is not.
    const isMetadata = place.length === 1 && place[0] === 'metadata';
    if (nodes.length === 0 && !isMetadata) found.push(place);
    else if (!nodes.some((node) => place.length > 0 && isWhole(node))) {
      for (const step of stepsOf(value)) {
        if (place.length === 0 && untracked.has(String(step))) continue;
        if (isMetadata && !trackedMetadata.has(String(step))) continue;
        const child = childOf(value, step)!;
        visit(
          child,
          nodes.flatMap((node) => into(node, step, child)),
          [...place, step],
        );
      }
    }
  };
  visit(manifest, set === undefined ? [] : [set], []);
  return found;
}

function stepsOf(value: Json): readonly (string | number)[] {
  if (isList(value)) return [...value.keys()];
  return isMap(value) ? Object.keys(value) : [];
}

function isEmpty(value: Json): boolean {
  if (value === null) return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
