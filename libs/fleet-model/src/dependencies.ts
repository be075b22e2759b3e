import type { CheckedDocument } from './check-document.ts';
import type { FleetProblem } from './model.ts';
import { printField } from './problems.ts';
import { didYouMean } from './suggest.ts';
import type { FieldPath } from './yaml-documents.ts';

/** Of a cycle's bundles: a problem is stored with its revision, and nobody reads on. */
const MAX_TOLD = 10;

type CheckedBundle = Extract<CheckedDocument, { kind: 'Bundle' }>;

/** Bundles that are waited for and that nobody defines. */
export function unknownBundleProblems(
  checked: readonly CheckedDocument[],
  bundles: ReadonlySet<string>,
): FleetProblem[] {
  return eachDependency(checked).flatMap(({ from, index, to }) => {
    if (bundles.has(to)) return [];
    const others = [...bundles].filter((name) => name !== from.value.metadata.name);
    const hint = didYouMean(to, others) || ' Define it, or remove it here.';
    return [problemAt(from, ['spec', 'dependsOn', index, 'bundle'], `No Bundle is named "${to}".${hint}`)];
  });
}

/** Bundles that are named twice in one list: one of the two may be optional and the other not. */
export function repeatedDependencyProblems(checked: readonly CheckedDocument[]): FleetProblem[] {
  const seen = new Map<CheckedBundle, Set<string>>();
  return eachDependency(checked).flatMap(({ from, index, to }) => {
    const names = seen.get(from) ?? new Set();
    seen.set(from, names);
    if (!names.has(to)) {
      names.add(to);
      return [];
    }
    return [problemAt(from, ['spec', 'dependsOn', index, 'bundle'], `"${to}" is there twice. Keep one.`)];
  });
}

/**
 * Bundles that wait for each other, and so for ever: each cycle once, where its bundle with the smallest name says
 * that it waits. Optional dependencies count, for they are waited for wherever both are.
 */
export function cycleProblems(checked: readonly CheckedDocument[]): FleetProblem[] {
  const edges = new Map<string, Map<string, Edge>>();
  for (const edge of eachDependency(checked)) {
    const name = edge.from.value.metadata.name;
    const out = edges.get(name) ?? new Map<string, Edge>();
    edges.set(name, out);
    if (!out.has(edge.to)) out.set(edge.to, edge);
  }
  const problems: FleetProblem[] = [];
  for (;;) {
    removeWaitingForNone(edges);
    const start = [...edges.keys()].sort()[0];
    if (start === undefined) return problems;
    const cycle = cycleFrom(start, edges);
    problems.push(describeCycle(cycle));
    for (const { from } of cycle) edges.delete(from.value.metadata.name);
  }
}

interface Edge {
  readonly from: CheckedBundle;
  readonly index: number;
  readonly to: string;
}

function eachDependency(checked: readonly CheckedDocument[]): Edge[] {
  return checked.flatMap((from) =>
    from.kind === 'Bundle'
      ? (from.value.spec.dependsOn ?? []).map(({ bundle: to }, index) => ({ from, index, to }))
      : [],
  );
}

/** What is left is on a cycle, or waits for one. */
function removeWaitingForNone(edges: Map<string, Map<string, Edge>>): void {
  const waiters = new Map<string, string[]>();
  for (const [name, out] of edges)
    for (const to of out.keys()) waiters.set(to, [...(waiters.get(to) ?? []), name]);
  const done = [...waiters.keys()].filter((name) => !edges.has(name));
  for (let name = done.pop(); name !== undefined; name = done.pop()) {
    for (const waiter of waiters.get(name) ?? []) {
      const out = edges.get(waiter);
      out?.delete(name);
      if (out?.size !== 0) continue;
      edges.delete(waiter);
      done.push(waiter);
    }
  }
}

/** The first cycle that going on from there meets; it begins at its smallest name. */
function cycleFrom(start: string, edges: ReadonlyMap<string, ReadonlyMap<string, Edge>>): Edge[] {
  const walked: Edge[] = [];
  const at = new Map<string, number>();
  for (let name = start; !at.has(name); name = walked.at(-1)!.to) {
    at.set(name, walked.length);
    const out = edges.get(name)!;
    walked.push(out.get([...out.keys()].sort()[0]!)!);
  }
  const cycle = walked.slice(at.get(walked.at(-1)!.to));
  const names = cycle.map(({ from }) => from.value.metadata.name);
  const smallest = names.indexOf([...names].sort()[0]!);
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
}

function describeCycle(cycle: readonly Edge[]): FleetProblem {
  const [{ from, index }] = cycle as [Edge];
  const path: FieldPath = ['spec', 'dependsOn', index, 'bundle'];
  const { name } = from.value.metadata;
  if (cycle.length === 1) return problemAt(from, path, `The bundle "${name}" waits for itself. Remove it.`);
  const chain = cycle.map((edge) => {
    const { file, line } = edge.from.document.locate(['spec', 'dependsOn', edge.index, 'bundle']);
    return `${edge.from.value.metadata.name} (${file}:${line})`;
  });
  const told =
    chain.length <= MAX_TOLD
      ? chain
      : [...chain.slice(0, MAX_TOLD - 1), `… (${chain.length - MAX_TOLD} more)`, chain.at(-1)!];
  return problemAt(
    from,
    path,
    `These bundles wait for each other: ${told.join(' → ')} → ${name}. Remove one of these dependencies.`,
  );
}

function problemAt(bundle: CheckedBundle, path: FieldPath, message: string): FleetProblem {
  return { ...bundle.document.locate(path), field: printField(path), message };
}
