/** What reading stored or received bytes comes to. Nothing here throws: bytes from elsewhere are data. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** Written by a newer program: keep the bytes, don't act on them. */
  | { readonly ok: false; readonly reason: 'unknown-version'; readonly version: number }
  /** Not what it claims to be; `problem` is a sentence for people. */
  | { readonly ok: false; readonly reason: 'invalid'; readonly problem: string };

export function decoded<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

export function invalid(problem: string): Decoded<never> {
  return { ok: false, reason: 'invalid', problem };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads `{"version":1,…}`; the version is looked at before anything else, so that a newer form is told from a broken one. */
export function decodeVersioned(bytes: Uint8Array, what: string): Decoded<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return invalid(`the ${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid(`the ${what} is not an object`);
  const fields = value as Record<string, unknown>;
  if (typeof fields.version !== 'number') return invalid(`the ${what} has no version`);
  if (fields.version !== 1) return { ok: false, reason: 'unknown-version', version: fields.version };
  return decoded(fields);
}
