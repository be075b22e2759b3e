import type { LabelSelector } from '@muster/fleet-model';
import { requirementsOf } from './selector.ts';

/** A selector in the syntax that `parseLabelSelector` reads; '' for one that matches all. */
export function printLabelSelector(selector: LabelSelector): string {
  return requirementsOf(selector)
    .map(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return values.length === 1 ? `${key}=${values[0]!}` : `${key} in (${values.join(',')})`;
        case 'NotIn':
          return values.length === 1 ? `${key}!=${values[0]!}` : `${key} notin (${values.join(',')})`;
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
      }
    })
    .join(',');
}
