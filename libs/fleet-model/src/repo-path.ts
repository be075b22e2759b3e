export type RepoPath =
  { readonly kind: 'inside'; readonly path: string } | { readonly kind: 'refused'; readonly message: string };

/**
 * The path, from the repo's root, that `path` names when it is written in `file`. Normalised: no `.`, no `..`, no
 * empty parts, no slash at either end; '' is the root. What would leave the repo is refused, and never clamped.
 */
export function resolveInRepo(file: string, path: string): RepoPath {
  if (path === '') return refused('is empty. Write "." for the folder of this file.');
  if (path.startsWith('/')) return refused('is absolute. Write it relative to the folder of this file.');
  if (path.includes('\\')) return refused('has a backslash. Write "/" between folders.');
  if ([...path].some((char) => char.codePointAt(0)! < 0x20)) return refused('has a control character.');

  const parts = file.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return refused('leaves the repo. A source must be inside it.');
  }
  return { kind: 'inside', path: parts.join('/') };
}

function refused(message: string): RepoPath {
  return { kind: 'refused', message };
}
