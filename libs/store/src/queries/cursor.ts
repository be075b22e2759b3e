/** Where a page ended: the sort keys of its last row, as PostgreSQL prints them. */
export interface Cursor {
  readonly list: string;
  /** As the request gave it, after defaults: a page of one order can't be followed by one of another. */
  readonly sort: string;
  readonly keys: readonly string[];
}

const FORMAT = 1;
const MAX_CHARS = 8_192;

/** Opaque to clients, so that it may change. */
export function printCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([FORMAT, cursor.list, cursor.sort, ...cursor.keys])).toString(
    'base64url',
  );
}

/** `undefined` when it isn't one that `printCursor` made. */
export function parseCursor(text: string): Cursor | undefined {
  if (text.length > MAX_CHARS || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const parts = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Array.isArray(parts) || parts[0] !== FORMAT) return undefined;
  const texts: unknown[] = parts.slice(1);
  if (!texts.every((it): it is string => typeof it === 'string')) return undefined;
  const [list, sort, ...keys] = texts;
  return list === undefined || sort === undefined ? undefined : { list, sort, keys };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
