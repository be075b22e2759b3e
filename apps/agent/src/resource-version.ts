const decimal = /^\d+$/;

/**
 * resourceVersions of one cluster are decimal numbers that grow (KEP-5504 makes that a promise). An aggregated API may
 * have others, of which nothing can be said.
 */
export function isOlder(a: string, b: string): boolean {
  if (!decimal.test(a) || !decimal.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
