import type { AssignmentChange, AssignmentRow, DesiredChange } from '@muster/store';

export type Assignments = ReadonlyMap<string, AssignmentRow>;

/**
 * How the rows of assignments follow the desired states: clusters that go from one content to another are one
 * statement, and only what differs between the two is written. `formerContents`: by cluster, what it had.
 */
export function assignmentChanges(
  changes: readonly DesiredChange[],
  formerContents: ReadonlyMap<string, string>,
  assignmentsOf: (contentDigest: string) => Assignments,
): AssignmentChange[] {
  const groups = new Map<
    string,
    { readonly from: string; readonly to: string; readonly clusterIds: string[] }
  >();
  for (const change of changes) {
    const from = formerContents.get(change.clusterId) ?? '';
    const to = change.next.contentDigest;
    const group = groups.get(`${from} ${to}`) ?? { from, to, clusterIds: [] };
    group.clusterIds.push(change.clusterId);
    groups.set(`${from} ${to}`, group);
  }
  const empty: Assignments = new Map();
  return [...groups.values()]
    .map(({ from, to, clusterIds }) => ({
      clusterIds,
      ...difference(from === '' ? empty : assignmentsOf(from), assignmentsOf(to)),
    }))
    .filter((change) => change.set.length > 0 || change.removed.length > 0);
}

function difference(from: Assignments, to: Assignments): { set: AssignmentRow[]; removed: string[] } {
  return {
    set: [...to.values()].filter((row) => !isSame(from.get(row.bundle), row)),
    removed: [...from.keys()].filter((bundle) => !to.has(bundle)),
  };
}

function isSame(a: AssignmentRow | undefined, b: AssignmentRow): boolean {
  return (
    a !== undefined &&
    a.revision === b.revision &&
    a.manifestDigest === b.manifestDigest &&
    a.paused === b.paused &&
    a.held === b.held
  );
}
