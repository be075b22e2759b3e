import { bundleLabel, fleetLabel, objectAnnotation } from '@muster/manifest';
import { ownershipOf } from './field-set.ts';
import type { FieldSet, Owner } from './field-set.ts';
import type { Ignored } from './ignore-rules.ts';
import { isList, isMap } from './json.ts';
import type { Json } from './json.ts';
import { childOf, placesOf, valueAt } from './place.ts';
import type { Place } from './place.ts';

/** Without these an object would be nobody's, or another: no rule reaches them. */
const untouchable: readonly Place[] = [
  ['apiVersion'],
  ['kind'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'labels', fleetLabel],
  ['metadata', 'labels', bundleLabel],
  ['metadata', 'annotations', objectAnnotation],
];

/**
 * The fields of an object that rules ignore: what their paths name, and what their managers own; as leaves, because
 * each may be somebody else's.
 */
export function ignoredFields(object: Json, ignored: Ignored, owners: readonly Owner[]): Place[] {
  const found = new Map<string, Place>();
  const add = (place: Place): void => {
    if (!untouchable.some((it) => startsWith(place, it))) found.set(JSON.stringify(place), place);
  };
  for (const path of ignored.paths)
    for (const place of placesOf(object, path)) for (const leaf of leavesOf(object, place)) add(leaf);
  const sets = owners
    .filter(({ manager }) => manager !== undefined && ignored.managers.has(manager))
    .map(({ fieldsV1 }) => fieldsV1 as FieldSet);
  if (sets.length > 0)
    for (const leaf of leavesOf(object, []))
      if (sets.some((set) => ownershipOf(set, object, leaf) !== 'none')) add(leaf);
  return [...found.values()];
}

/** What stands below a place and holds nothing that could be owned by itself: scalars, empty values, lists of scalars. */
export function leavesOf(root: Json, place: Place): Place[] {
  const leaves: Place[] = [];
  const visit = (value: Json | undefined, at: Place): void => {
    const steps = isMap(value)
      ? Object.keys(value)
      : isList(value) && value.some(isMap)
        ? [...value.keys()]
        : [];
    if (steps.length === 0) leaves.push(at);
    else for (const step of steps) visit(childOf(value, step), [...at, step]);
  };
  visit(valueAt(root, place), place);
  return leaves;
}

export function startsWith(place: Place, prefix: Place): boolean {
  return prefix.length <= place.length && prefix.every((step, at) => place[at] === step);
}
