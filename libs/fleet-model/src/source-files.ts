import { isFleetFile } from './fleet-file.ts';
import { globMatches } from './glob.ts';
import type { ManifestsSource } from './model.ts';

/** True when the file, by its path relative to the source's, is a manifest of it. Fleet files never are. */
export function isSourceFile(source: ManifestsSource, path: string): boolean {
  return !isFleetFile(path) && source.include.some((glob) => globMatches(glob, path));
}
