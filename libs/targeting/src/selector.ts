import type { LabelSelector, LabelSelectorRequirement } from '@muster/fleet-model';
import { labelOf } from './labels.ts';
import type { Labels } from './labels.ts';

/**
 * Kubernetes' rules: all of `matchLabels` and all of `matchExpressions` must hold; `{}` matches all; `NotIn` holds
 * also where the label is missing. A selector that is absent matches none.
 */
export function matches(selector: LabelSelector | undefined, labels: Labels): boolean {
  return (
    selector !== undefined && requirementsOf(selector).every((requirement) => holds(requirement, labels))
  );
}

/** A selector as one list; an equality is `In` with one value. */
export function requirementsOf(selector: LabelSelector): LabelSelectorRequirement[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelSelectorRequirement => {
      return { key, operator: 'In', values: [value] };
    }),
    ...(selector.matchExpressions ?? []),
  ];
}

export function holds({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
