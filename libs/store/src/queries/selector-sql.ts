import type { LabelSelector } from '@muster/fleet-model';
import { requirementsOf } from '@muster/targeting';
import type { Parameters } from './parameters.ts';

/** Conditions over a jsonb column of labels that hold exactly where `matches` of `@muster/targeting` does. */
export function selectorConditions(
  selector: LabelSelector,
  column: string,
  parameters: Parameters,
): string[] {
  return requirementsOf(selector).map(({ key, operator, values = [] }) => {
    const label = `${column} ->> ${parameters.add(key)}`;
    switch (operator) {
      case 'In':
        return `(${label} = any(${parameters.add([...values])}::text[]))`;
      case 'NotIn':
        return `(${label} = any(${parameters.add([...values])}::text[])) is not true`;
      case 'Exists':
        return `(${label}) is not null`;
      case 'DoesNotExist':
        return `(${label}) is null`;
    }
  });
}
