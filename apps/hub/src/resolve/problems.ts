import type { Bundle, FleetProblem } from '@muster/fleet-model';
import type { RepoProblem } from '@muster/api';
import type { RenderProblem } from '@muster/render';

/** Places in the repo, whatever folder of it the fleet is. */
export function inRepo(folder: string, path: string): string {
  return folder === '' || path === '' ? path : `${folder}/${path}`;
}

export function fleetProblem(folder: string, problem: FleetProblem): RepoProblem {
  const { file, line, column, field, message } = problem;
  return { file: inRepo(folder, file), line, column, field, message };
}

export function renderProblem(folder: string, bundle: Bundle, problem: RenderProblem): RepoProblem {
  const isSaidByLine = problem.line !== undefined || problem.document === undefined || problem.document < 2;
  const document = isSaidByLine ? '' : ` (document ${problem.document})`;
  return {
    file:
      problem.path === ''
        ? inRepo(folder, bundle.definedIn.file)
        : inRepo(folder, inRepo(bundle.source.path, problem.path)),
    line: problem.line ?? null,
    column: null,
    field: '',
    message: `${problem.message}${document}`,
  };
}

/** About the bundle itself, at the place where it is defined. */
export function bundleProblem(folder: string, bundle: Bundle, field: string, message: string): RepoProblem {
  const { file, line, column } = bundle.definedIn;
  return { file: inRepo(folder, file), line, column, field, message };
}

/** About the revision as a whole. */
export function revisionProblem(message: string): RepoProblem {
  return { file: '', line: null, column: null, field: '', message };
}

/** The first of several, for one line of text. */
export function summary(problems: readonly RepoProblem[]): string {
  const [first] = problems;
  if (first === undefined) return '';
  const place = first.line === null ? first.file : `${first.file}:${first.line}`;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return `${place === '' ? '' : `${place}: `}${first.message}${more}`;
}
