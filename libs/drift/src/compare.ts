import { equalJson, isList, isMap } from './json.ts';
import type { Json } from './json.ts';
import { pairItems } from './place.ts';
import type { Place } from './place.ts';

/** A value that is not the same in two objects; a place is absent where the object doesn't have it. */
export interface Difference {
  readonly desired: Json | undefined;
  readonly live: Json | undefined;
  readonly desiredPlace: Place;
  readonly livePlace: Place;
}

/**
 * Where two objects differ, as deep as that can be said: maps member by member, lists item by item where something
 * tells their items apart, else as wholes. Order of named items doesn't count beside what they hold, because who else
 * adds one moves the others.
 */
export function differencesBetween(desired: Json, live: Json): Difference[] {
  const found: Difference[] = [];
  const visit = (a: Json | undefined, b: Json | undefined, placeA: Place, placeB: Place): void => {
    if (a !== undefined && b !== undefined) {
      if (equalJson(a, b)) return;
      if (isMap(a) && isMap(b)) {
        for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
          visit(own(a, key), own(b, key), [...placeA, key], [...placeB, key]);
        return;
      }
      if (isList(a) && isList(b) && visitItems(a, b, placeA, placeB)) return;
    }
    found.push({ desired: a, live: b, desiredPlace: placeA, livePlace: placeB });
  };
  const visitItems = (a: readonly Json[], b: readonly Json[], placeA: Place, placeB: Place): boolean => {
    const pairs = pairItems(a, b);
    if (!pairs) return false;
    const before = found.length;
    for (const [at, pair] of pairs.entries())
      visit(a[at], pair === undefined ? undefined : b[pair], [...placeA, at], [...placeB, pair ?? b.length]);
    for (const at of b.keys())
      if (!pairs.includes(at)) visit(undefined, b[at], [...placeA, a.length], [...placeB, at]);
    // The same items in another order: that is what differs.
    return found.length > before;
  };
  visit(desired, live, [], []);
  return found;
}

function own(map: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
