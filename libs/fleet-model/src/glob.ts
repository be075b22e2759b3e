import { hasControl } from './plain-text.ts';

/**
 * Says what is wrong with a glob of `include`, or nothing. A glob is a path in the source with `*` (any characters of
 * one name), `?` (one of them) and `**` (any folders, none too). Everything else of the shells' globs is refused
 * rather than taken literally.
 */
export function globProblem(glob: string): string | undefined {
  if (glob === '') return 'is empty. Write "**" for all files.';
  if (glob.startsWith('/')) return 'is absolute. Write it relative to the path of the source.';
  if (hasControl(glob)) return 'has a control character. Write it without.';
  const unknown = /[[\]{}!\\]/.exec(glob);
  if (unknown) return `has "${unknown[0]}". Only "*", "?" and "**" are known; write several globs instead.`;
  for (const part of glob.split('/')) {
    if (part === '' || part === '.' || part === '..') return `has the part "${part}". Write it without.`;
    if (part.includes('**') && part !== '**') return `has "${part}". "**" must stand alone between slashes.`;
  }
  return undefined;
}

/** True when the glob names the path, both relative to the source. Takes time of at most their lengths' product. */
export function globMatches(glob: string, path: string): boolean {
  return matchesWithStars(
    glob.split('/'),
    path.split('/'),
    (part) => part === '**',
    (part, name) =>
      matchesWithStars(
        part.split(''),
        name.split(''),
        (char) => char === '*',
        (char, actual) => char === '?' || char === actual,
      ),
  );
}

/**
 * Matches a sequence with stars, going back only to the newest star: an earlier one can't gain by taking more, so the
 * time stays bounded where a backtracking regular expression's doesn't.
 */
function matchesWithStars(
  pattern: readonly string[],
  actual: readonly string[],
  isStar: (element: string) => boolean,
  isSame: (element: string, actual: string) => boolean,
): boolean {
  let p = 0;
  let a = 0;
  let star = -1;
  let takenByStar = 0;
  while (a < actual.length) {
    if (p < pattern.length && isStar(pattern[p]!)) {
      star = p++;
      takenByStar = a;
    } else if (p < pattern.length && isSame(pattern[p]!, actual[a]!)) {
      p++;
      a++;
    } else if (star !== -1) {
      p = star + 1;
      a = ++takenByStar;
    } else {
      return false;
    }
  }
  while (p < pattern.length && isStar(pattern[p]!)) p++;
  return p === pattern.length;
}
