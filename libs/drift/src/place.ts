import type { FieldStep } from '@muster/manifest';
import { isList, isMap, memberOf } from './json.ts';
import type { Json } from './json.ts';

/** Where a value stands in an object: a map's key or a list's index, from the root. */
export type Place = readonly (string | number)[];

export function valueAt(root: Json | undefined, place: Place): Json | undefined {
  return place.reduce<Json | undefined>((value, step) => childOf(value, step), root);
}

export function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (typeof step === 'string') return memberOf(value, step);
  return isList(value) ? value[step] : undefined;
}

/** The places of an object that a field path means; none where it has no such fields. */
export function placesOf(root: Json, path: readonly FieldStep[]): Place[] {
  let found: { readonly place: Place; readonly value: Json }[] = [{ place: [], value: root }];
  for (const step of path) {
    found = found.flatMap(({ place, value }) =>
      stepsInto(value, step).map((into) => ({ place: [...place, into], value: childOf(value, into)! })),
    );
  }
  return found.map(({ place }) => place);
}

function stepsInto(value: Json, step: FieldStep): (string | number)[] {
  switch (step.kind) {
    case 'child':
      if (isList(value))
        return /^\d+$/.test(step.name) && Number(step.name) < value.length ? [Number(step.name)] : [];
      return memberOf(value, step.name) === undefined ? [] : [step.name];
    case 'every':
      if (isList(value)) return [...value.keys()];
      return isMap(value) ? Object.keys(value) : [];
    case 'items':
      if (!isList(value)) return [];
      return [...value.keys()].filter((at) => String(scalarOf(memberOf(value[at], step.key))) === step.value);
  }
}

function scalarOf(value: Json | undefined): string | number | boolean | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** As people write it: a JSON pointer, with `[name=x]` for items that have names. */
export function printPlace(root: Json, place: Place): string {
  let value: Json | undefined = root;
  let text = '';
  for (const step of place) {
    value = childOf(value, step);
    const name = typeof step === 'number' ? memberOf(value, 'name') : undefined;
    text += `/${typeof name === 'string' ? `[name=${escaped(name)}]` : escaped(String(step))}`;
  }
  return text;
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What tells the items of lists apart, in Kubernetes' own APIs; the first that fits. */
const identities = [
  ['name'],
  ['key'],
  ['type'],
  ['ip'],
  ['mountPath'],
  ['devicePath'],
  ['port', 'protocol'],
  ['containerPort', 'protocol'],
  ['topologyKey', 'whenUnsatisfiable'],
  ['uid'],
] as const;

/** Fields by which an item of a list may be known. */
export const identityKeys: ReadonlySet<string> = new Set(identities.flat());

/**
 * The index in `b` of the same item, for each item of `a`; undefined when nothing tells their items apart, because
 * then the lists can only be compared as wholes.
 */
export function pairItems(
  a: readonly Json[],
  b: readonly Json[],
): readonly (number | undefined)[] | undefined {
  for (const keys of identities) {
    const [namesA, namesB] = [namesOf(a, keys), namesOf(b, keys)];
    if (!namesA || !namesB) continue;
    const places = new Map(namesB.map((name, at) => [name, at]));
    return namesA.map((name) => places.get(name));
  }
  return undefined;
}

/** One name an item, no two the same. The first key must be there; the others may have defaults. */
function namesOf(list: readonly Json[], keys: readonly string[]): string[] | undefined {
  const names = list.map((item) => {
    const values = keys.map((key) => scalarOf(memberOf(item, key)));
    return values[0] === undefined ? undefined : JSON.stringify(values);
  });
  if (!names.every((name) => name !== undefined)) return undefined;
  return new Set(names).size === names.length ? names : undefined;
}
