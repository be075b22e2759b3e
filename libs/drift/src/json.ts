/** A number that JavaScript would print otherwise than it was written: beyond 2^53, `1.0`, `1e400`. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON value that prints as it was read. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonMap;

export interface JsonMap {
  readonly [key: string]: Json;
}

/** Node gives a reviver the text of each scalar; the types don't know of it yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => Json;

/** Reads JSON without losing a digit. Throws `SyntaxError` for what isn't JSON, which quotes none of it: it may be a Secret. */
export function parseJson(text: string): Json {
  try {
    return parseWithSource(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source
        ? new ExactNumber(source)
        : value,
    );
  } catch {
    throw new SyntaxError('what the API server gave is no JSON');
  }
}

/** The inverse of `parseJson`: numbers as they were written, keys in the order that the value has them. */
export function printJson(value: Json): string {
  if (value instanceof ExactNumber) return value.text;
  if (isList(value)) return `[${value.map(printJson).join(',')}]`;
  if (isMap(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}:${printJson(member)}`,
    );
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export function isMap(value: Json | undefined): value is JsonMap {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What a map has under a key of its own: `__proto__` and `constructor` are names like any other. */
export function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The same value: order of keys doesn't count, and numbers are compared as numbers, with all their digits. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return equalNumbers(a, b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => equalJson(item, b[at]!));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key]!, b[key]!))
  );
}

function isNumber(value: Json): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function equalNumbers(a: number | ExactNumber, b: number | ExactNumber): boolean {
  const [textA, textB] = [textOf(a), textOf(b)];
  if (textA === textB) return true;
  // Two integers of different digits are never the same; other spellings are compared as the API server reads them.
  const integer = /^-?\d+$/;
  if (integer.test(textA) && integer.test(textB)) return BigInt(textA) === BigInt(textB);
  return Number(textA) === Number(textB);
}

function textOf(value: number | ExactNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}
