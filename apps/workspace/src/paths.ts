import { join, resolve } from 'node:path';

/** The checkout's root. */
export const root = resolve(import.meta.dirname, '../../..');

/** A path in the checkout. */
export function inRoot(...parts: string[]): string {
  return join(root, ...parts);
}
