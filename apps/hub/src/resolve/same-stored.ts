import { isDeepStrictEqual } from 'node:util';

/**
 * True when two values are the same once they are stored as JSON: the database gives keys back in an order of its own,
 * and none that were `undefined`.
 */
export function isSameStored(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(stored(one), stored(other));
}

function stored(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
