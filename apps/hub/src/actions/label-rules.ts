import { isLabelKey, isLabelValue, LABEL_KEY_RULE, LABEL_VALUE_RULE } from '@muster/fleet-model';
import type { Refusal } from '../api/fleet-actions.ts';
import { invalid } from './outcomes.ts';

/** The first label that Kubernetes wouldn't take either. */
export function wrongLabel(field: string, labels: Readonly<Record<string, string>>): Refusal | undefined {
  for (const [key, value] of Object.entries(labels)) {
    const wrong =
      wrongKey(field, key) ??
      (isLabelValue(value)
        ? undefined
        : invalid(`${field}.${key}`, `"${value.slice(0, 64)}" is not a label's value: ${LABEL_VALUE_RULE}.`));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

export function wrongKey(field: string, key: string): Refusal | undefined {
  return isLabelKey(key)
    ? undefined
    : invalid(field, `"${key.slice(0, 64)}" is not a label's key: ${LABEL_KEY_RULE}.`);
}
