import { compileHealthRules } from '@muster/health';
import type { CheckedDocument } from './check-document.ts';
import type { FleetProblem } from './model.ts';
import { printField } from './problems.ts';
import type { FieldPath } from './yaml-documents.ts';

/** What is wrong with the expressions of `spec.health`, each at its line and column. */
export function healthProblems(checked: readonly CheckedDocument[]): FleetProblem[] {
  return checked.flatMap((one) => {
    if (one.kind !== 'Bundle') return [];
    const seen = new Set<string>();
    return (one.value.spec.health ?? []).flatMap(({ target: { group = '', kind }, healthy, degraded }, h) => {
      const problem = (path: FieldPath, message: string, line = 1, column = 1): FleetProblem => ({
        ...one.document.locateIn(['spec', 'health', h, ...path], line, column),
        field: printField(['spec', 'health', h, ...path]),
        message,
      });
      const name = group === '' ? kind : `${kind}.${group}`;
      if (seen.has(name)) return [problem(['target'], `"${name}" is there twice. Keep one.`)];
      seen.add(name);
      return (['healthy', 'degraded'] as const).flatMap((field) => {
        const when = { healthy, degraded }[field];
        if (when === undefined) return [];
        const compiled = compileHealthRules([
          { groups: [group], rules: [{ kinds: [kind], checks: [{ when, health: 'Healthy' }] }] },
        ]);
        if (compiled.ok) return [];
        return compiled.problems.flatMap((it) => {
          // Said of the rule as a whole: once is enough.
          if (it.field === 'kinds') return field === 'healthy' ? [problem(['target'], `${it.message}.`)] : [];
          const message = `The expression can't be used: ${it.message.replace(/\.$/, '')}.`;
          return [problem([field], message, it.line, it.column)];
        });
      });
    });
  });
}
