import { type FleetModel, isFleetFile, parseFleet } from '@muster/fleet-model';
import type { RepoProblem } from '@muster/api';
import type { Commit, GitSource } from '@muster/git-source';
import { fleetProblem, inRepo, revisionProblem } from './problems.ts';

export type ReadFleet =
  | { readonly kind: 'read'; readonly model: FleetModel; readonly rootTree: string }
  | { readonly kind: 'refused'; readonly problems: readonly RepoProblem[] };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads the fleet files of a commit; all that is wrong with any of them refuses the whole. */
export async function readFleet(git: GitSource, commit: Commit, folder: string): Promise<ReadFleet> {
  const root =
    folder === ''
      ? { id: commit.treeId, kind: 'tree' as const }
      : await git.resolvePath(commit.treeId, folder);
  if (root?.kind !== 'tree') {
    return {
      kind: 'refused',
      problems: [revisionProblem(`there is no folder ${folder} in the repo, where the fleet should be`)],
    };
  }
  const entries = (await git.listFiles(root.id)).filter((it) => isFleetFile(it.path));
  const problems: RepoProblem[] = entries
    .filter((it) => it.kind === 'symlink' || it.kind === 'submodule')
    .map((it) => ({
      file: inRepo(folder, it.path),
      line: null,
      column: null,
      field: '',
      message: `a fleet file can't be a ${it.kind}`,
    }));
  const contents = await git.readBlobs(entries.map((it) => it.id));
  const files: { path: string; text: string }[] = [];
  entries.forEach(({ path }, at) => {
    try {
      files.push({ path, text: decoder.decode(contents[at]) });
    } catch {
      problems.push({
        file: inRepo(folder, path),
        line: null,
        column: null,
        field: '',
        message: 'the file is not UTF-8',
      });
    }
  });
  if (problems.length > 0) return { kind: 'refused', problems };
  const parsed = parseFleet(files);
  if (parsed.kind === 'parsed') return { kind: 'read', model: parsed.model, rootTree: root.id };
  const omitted =
    'omitted' in parsed && typeof parsed.omitted === 'number' && parsed.omitted > 0 ? parsed.omitted : 0;
  return {
    kind: 'refused',
    problems: [
      ...parsed.problems.map((problem) => fleetProblem(folder, problem)),
      ...(omitted > 0 ? [revisionProblem(`and ${omitted} more problems`)] : []),
    ],
  };
}
