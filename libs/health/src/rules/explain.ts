import type { Condition } from '../read.ts';
import { textOf } from '../read.ts';
import type { Scope } from './expressions.ts';

/** Where APIs that have no conditions put what went wrong. */
const fields = ['message', 'error', 'errorMessage', 'errMsg', 'failureMessage', 'description', 'reason'];

/** What sums a status up, where there is one of these. */
const summaries = new Set(['Ready', 'Available', 'Healthy', 'Synced', 'Succeeded']);

/** What a status says for people about an object that isn't well, or nothing. */
export function explain({ status, conditions }: Scope): string {
  for (const field of fields) {
    const value = status[field];
    const text = Array.isArray(value) ? value.map(textOf).join('; ') : textOf(value);
    if (text) return text;
  }
  const list = conditions.all();
  const telling =
    list.find((condition) => summaries.has(condition.type) && speaksOfTrouble(condition)) ??
    list.find((condition) => condition.status === 'False' && condition.message) ??
    list.find(speaksOfTrouble) ??
    list.find(({ message }) => message) ??
    list.find((condition) => condition.status === 'False' && condition.reason);
  if (telling) return telling.message || `${telling.type}: ${telling.reason}`;
  // Nothing was written for people: what there is, as it is.
  return list.map(({ type, status: is }) => `${type}=${is}`).join(', ');
}

function speaksOfTrouble({ status, message }: Condition): boolean {
  return status !== 'True' && message !== '';
}
