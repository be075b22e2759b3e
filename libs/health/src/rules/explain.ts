import { textOf } from '../read.ts';
import type { Scope } from './expressions.ts';

/** Where APIs that have no conditions put what went wrong. */
const fields = ['message', 'error', 'errorMessage', 'errMsg', 'failureMessage', 'description', 'reason'];

/** What a status says for people about an object that isn't well, or nothing. */
export function explain({ status, conditions }: Scope): string {
  for (const field of fields) {
    const value = status[field];
    const text = Array.isArray(value) ? value.map(textOf).join('; ') : textOf(value);
    if (text) return text;
  }
  const list = conditions.all();
  const telling =
    list.find(({ status: is, message }) => is === 'False' && message) ??
    list.find(({ status: is, message }) => is !== 'True' && message) ??
    list.find(({ message }) => message) ??
    list.find(({ status: is, reason }) => is === 'False' && reason);
  if (telling) return telling.message || `${telling.type}: ${telling.reason}`;
  // Nothing was written for people: what there is, as it is.
  return list.map(({ type, status: is }) => `${type}=${is}`).join(', ');
}
