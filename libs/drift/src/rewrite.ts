import { ownershipOf } from './field-set.ts';
import type { FieldSet, Owner } from './field-set.ts';
import { isList, isMap, memberOf } from './json.ts';
import type { Json } from './json.ts';
import { childOf, identityKeys, pairItems, valueAt } from './place.ts';
import type { Place } from './place.ts';

/**
 * What to apply of an object whose ignored fields stay as they are: a field that another manager owns as well is left
 * out, because it then stays without us; any other would be deleted with our claim on it, so its live value is sent.
 * A part of an atomic value can't be left out without changing it: its live value is sent too. `others` are the
 * owners beside us.
 */
export function withoutIgnored(
  object: Json,
  live: Json,
  ignored: readonly Place[],
  others: readonly Owner[],
): Json {
  const changes = new Map<string, Json | undefined>();
  for (const place of ignored) {
    const isOthers = others.some((owner) =>
      isOwnedApart(owner.fieldsV1 as FieldSet | undefined, object, place),
    );
    changes.set(JSON.stringify(place), isOthers ? undefined : sameIn(object, live, place));
  }
  return rebuilt(object, [], changes)!;
}

/** Owned as what stands there itself, neither as a part of something atomic nor in parts. */
function isOwnedApart(set: FieldSet | undefined, object: Json, place: Place): boolean {
  return ownershipOf(set, object, place) === 'whole';
}

/** The value that another object has at the same place: the same item, wherever in its list it stands. */
export function sameIn(object: Json, other: Json, place: Place): Json | undefined {
  const there = samePlace(object, other, place);
  return there && valueAt(other, there);
}

export function samePlace(object: Json, other: Json, place: Place): Place | undefined {
  let [value, theirs]: (Json | undefined)[] = [object, other];
  const result: (string | number)[] = [];
  for (const step of place) {
    let into: string | number | undefined = step;
    if (typeof step === 'number') {
      if (!isList(value) || !isList(theirs)) return undefined;
      const pairs = pairItems(value, theirs);
      into = pairs ? pairs[step] : value.length === theirs.length ? step : undefined;
    }
    if (into === undefined) return undefined;
    value = childOf(value, step);
    theirs = childOf(theirs, into);
    if (theirs === undefined) return undefined;
    result.push(into);
  }
  return result;
}

/** A container of which nothing remains goes with its contents. */
function rebuilt(
  value: Json,
  place: Place,
  changes: ReadonlyMap<string, Json | undefined>,
): Json | undefined {
  const key = JSON.stringify(place);
  if (changes.has(key)) return changes.get(key);
  if (isList(value)) {
    const items = value.map((item, at) => withIdentity(rebuilt(item, [...place, at], changes), item));
    return items.every((item, at) => item === value[at])
      ? value
      : emptied(items.filter((item) => item !== undefined));
  }
  if (!isMap(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, rebuilt(member, [...place, name], changes)] as const,
  );
  if (members.every(([name, member]) => member === memberOf(value, name))) return value;
  const left = members.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** An item of which something remains still says which item it is. */
function withIdentity(item: Json | undefined, before: Json): Json | undefined {
  if (!isMap(item) || !isMap(before) || item === before) return item;
  const lost = Object.entries(before).filter(
    ([key]) => identityKeys.has(key) && memberOf(item, key) === undefined,
  );
  return lost.length === 0 ? item : { ...Object.fromEntries(lost), ...item };
}

function emptied(items: readonly Json[]): readonly Json[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** Who else owns what stands at a place, or a part of it; the one who wrote last comes first. */
export function ownersOf(owners: readonly Owner[], root: Json, place: Place): Owner[] {
  return owners
    .filter(({ fieldsV1 }) => ownershipOf(fieldsV1 as FieldSet | undefined, root, place) !== 'none')
    .sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
}
