import { checkDocument } from './check-document.ts';
import type { CheckedDocument } from './check-document.ts';
import { cycleProblems, repeatedDependencyProblems, unknownBundleProblems } from './dependencies.ts';
import { healthProblems } from './health-expressions.ts';
import type { FleetParseResult, FleetProblem } from './model.ts';
import { duplicateProblems, unknownGroupProblems } from './references.ts';
import type { NamedDocument } from './references.ts';
import { DOCUMENTS } from './schema.ts';
import type { FleetKind } from './schema.ts';
import { toModel } from './to-model.ts';
import { readDocuments } from './yaml-documents.ts';
import type { FleetDocument } from './yaml-documents.ts';

/** More are counted and not listed: nobody reads on, and a revision is stored with its problems. */
export const MAX_PROBLEMS = 100;

export interface FleetFile {
  /** From the repo's root. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads all fleet files of a revision. Refuses the whole with all of its problems, sorted by place, if there is any:
 * a fleet half understood is a fleet half deleted. Never throws, whatever the text.
 */
export function parseFleet(files: readonly FleetFile[]): FleetParseResult {
  const problems: FleetProblem[] = [];
  const checked: CheckedDocument[] = [];
  const named: NamedDocument[] = [];
  let everyFileReads = true;
  for (const { path, text } of files) {
    const read = readDocuments(path, text);
    problems.push(...read.problems);
    if (read.problems.length > 0) everyFileReads = false;
    for (const document of read.documents) {
      const name = nameOf(document);
      if (name !== undefined) named.push(name);
      const check = checkDocument(document);
      if (check.kind === 'good') checked.push(check.checked);
      else problems.push(...check.problems);
    }
  }
  problems.push(...duplicateProblems(named));
  // What seems to be missing may be in the part that couldn't be read.
  if (everyFileReads) {
    problems.push(...unknownGroupProblems(checked, namesOf('ClusterGroup', named)));
    problems.push(...unknownBundleProblems(checked, namesOf('Bundle', named)));
  }
  problems.push(
    ...repeatedDependencyProblems(checked),
    ...cycleProblems(checked),
    ...healthProblems(checked),
  );
  const { model, problems: pathProblems } = toModel(checked);
  problems.push(...pathProblems);
  if (problems.length === 0) return { kind: 'parsed', model };
  problems.sort(byPlace);
  return {
    kind: 'refused',
    problems: problems.slice(0, MAX_PROBLEMS),
    omitted: Math.max(0, problems.length - MAX_PROBLEMS),
  };
}

function namesOf(kind: FleetKind, named: readonly NamedDocument[]): Set<string> {
  return new Set(named.filter((one) => one.kind === kind).map(({ name }) => name));
}

function nameOf(document: FleetDocument): NamedDocument | undefined {
  if (typeof document.value !== 'object' || document.value === null) return undefined;
  const { kind, metadata } = document.value as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(DOCUMENTS, kind)) return undefined;
  const name =
    typeof metadata === 'object' && metadata !== null
      ? (metadata as Record<string, unknown>).name
      : undefined;
  if (kind === 'Fleet') return { kind, name: '', document };
  return typeof name === 'string' ? { kind: kind as FleetKind, name, document } : undefined;
}

function byPlace(a: FleetProblem, b: FleetProblem): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
