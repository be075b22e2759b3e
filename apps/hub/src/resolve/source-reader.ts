import { createHash } from 'node:crypto';
import { type Bundle, isSourceFile } from '@muster/fleet-model';
import type { RepoProblem } from '@muster/api';
import type { GitSource, TreeFile } from '@muster/git-source';
import type { SourceFile } from '@muster/render';
import { bundleProblem, inRepo } from './problems.ts';

export type LocatedSource =
  | { readonly kind: 'located'; readonly treeId: string; readonly inputKey: string }
  | { readonly kind: 'refused'; readonly inputKey: string; readonly problems: readonly RepoProblem[] };

/** Finds where a bundle's source is in a tree. The input key names everything that its rendering depends on. */
export async function locateSource(
  git: GitSource,
  rootTree: string,
  folder: string,
  bundle: Bundle,
  engineVersion: string,
): Promise<LocatedSource> {
  const { path, include } = bundle.source;
  const found = path === '' ? { id: rootTree, kind: 'tree' as const } : await git.resolvePath(rootTree, path);
  const inputKey = createHash('sha256')
    .update(
      JSON.stringify([engineVersion, bundle.source.kind, include, found?.id ?? null, found?.kind ?? null]),
    )
    .digest('hex');
  if (found?.kind === 'tree') return { kind: 'located', treeId: found.id, inputKey };
  const shown = inRepo(folder, path);
  const message =
    found === undefined
      ? `there is no folder ${shown} in the repo`
      : `${shown} is a ${found.kind === 'executable' ? 'file' : found.kind}: the path must be a folder`;
  return {
    kind: 'refused',
    inputKey,
    problems: [bundleProblem(folder, bundle, 'spec.source.manifests.path', message)],
  };
}

export type ReadSource =
  | { readonly kind: 'read'; readonly files: readonly SourceFile[] }
  | { readonly kind: 'refused'; readonly problems: readonly RepoProblem[] };

/** Reads the files of a source. Symbolic links and submodules point out of what is seen, so nothing is read with them. */
export async function readSource(
  git: GitSource,
  treeId: string,
  folder: string,
  bundle: Bundle,
): Promise<ReadSource> {
  const entries = await git.listFiles(treeId);
  const links = entries.filter((it) => it.kind === 'symlink' || it.kind === 'submodule');
  if (links.length > 0)
    return { kind: 'refused', problems: links.map((it) => linkProblem(folder, bundle, it)) };
  const wanted = entries.filter((it) => isSourceFile(bundle.source, it.path));
  if (wanted.length === 0) {
    const message = `no file in ${inRepo(folder, bundle.source.path) || 'the repo'} is included by ${bundle.source.include.join(', ')}`;
    return {
      kind: 'refused',
      problems: [bundleProblem(folder, bundle, 'spec.source.manifests.include', message)],
    };
  }
  const contents = await git.readBlobs(wanted.map((it) => it.id));
  return { kind: 'read', files: wanted.map(({ path }, at) => ({ path, data: contents[at]! })) };
}

function linkProblem(folder: string, bundle: Bundle, entry: TreeFile): RepoProblem {
  const what = entry.kind === 'symlink' ? 'a symbolic link' : 'a submodule';
  return {
    file: inRepo(folder, inRepo(bundle.source.path, entry.path)),
    line: null,
    column: null,
    field: '',
    message: `${what} can't be part of a source: put the files themselves there`,
  };
}
