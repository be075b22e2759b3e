import type { CheckedDocument } from './check-document.ts';
import type { FleetProblem, Location } from './model.ts';
import type { FleetKind } from './schema.ts';
import { printField } from './problems.ts';
import { didYouMean } from './suggest.ts';
import type { FieldPath, FleetDocument } from './yaml-documents.ts';

/** A document that says what it is called, whether or not the rest of it is good. */
export interface NamedDocument {
  readonly kind: FleetKind;
  readonly name: string;
  readonly document: FleetDocument;
}

/** Two of one kind and name, and a second Fleet: each place is told of the others' first. */
export function duplicateProblems(named: readonly NamedDocument[]): FleetProblem[] {
  const byName = new Map<string, NamedDocument[]>();
  for (const one of named) {
    const key = one.kind === 'Fleet' ? 'Fleet' : `${one.kind} ${one.name}`;
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  return [...byName.values()].flatMap((same) =>
    same.length < 2
      ? []
      : same.map((one, index) => {
          const other = printLocation(same[index === 0 ? 1 : 0]!.document.location);
          const isFleet = one.kind === 'Fleet';
          const path: FieldPath = isFleet ? ['kind'] : ['metadata', 'name'];
          const message = isFleet
            ? `A repo has at most one Fleet, and another is at ${other}. Keep one.`
            : `The ${one.kind} "${one.name}" is also defined at ${other}. Rename or remove one.`;
          return { ...one.document.locate(path), field: printField(path), message };
        }),
  );
}

/** Groups that targets name and nobody defines. */
export function unknownGroupProblems(
  checked: readonly CheckedDocument[],
  groups: ReadonlySet<string>,
): FleetProblem[] {
  return checked.flatMap((one) => {
    if (one.kind !== 'Bundle') return [];
    return (['targets', 'except'] as const).flatMap((list) =>
      (one.value.spec[list] ?? []).flatMap((target, t) =>
        (target.groups ?? []).flatMap((group, g) => {
          if (groups.has(group)) return [];
          const path: FieldPath = ['spec', list, t, 'groups', g];
          const message = `No ClusterGroup is named "${group}".${didYouMean(group, groups) || ' Define it, or remove it here.'}`;
          return [{ ...one.document.locate(path), field: printField(path), message }];
        }),
      ),
    );
  });
}

function printLocation({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`;
}
