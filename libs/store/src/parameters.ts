/**
 * Text as PostgreSQL takes it. It refuses NUL, and one such text from a repo or an agent would refuse all that is
 * written with it; halves of surrogate pairs are nothing that UTF-8 has.
 */
export function textParameter(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** An escape of JSON's; the first group is one that `jsonb` refuses. `JSON.stringify` escapes no surrogate pairs. */
const escapes = /\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g;

/** A value as a parameter of type `json` or `jsonb`; `undefined` is null. Keys are made good, too. */
export function jsonParameter(value: unknown): string {
  return JSON.stringify(value ?? null).replace(escapes, (escape, refused) =>
    refused === undefined ? escape : '\\ufffd',
  );
}
