import { printJson } from './json.ts';
import type { Json } from './json.ts';

const maxText = 200;

/** A value for people: JSON, cut where it is long; empty for what isn't there. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = printJson(value);
  return text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`;
}
