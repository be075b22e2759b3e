/** JSON as the server keeps it: never changed in place once it is stored. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json;
}

/** An integer that a double can't hold: its text, which `JSON.stringify` writes as it is. */
export interface ExactNumber {
  readonly rawJSON: string;
}

/** Node's `JSON` has more (ES proposal "JSON.parse source text access") than TypeScript's library says. */
interface JsonWithSource {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
  parse(text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json): Json;
}
const json = JSON as unknown as JsonWithSource;

export const isExactNumber = (value: unknown): value is ExactNumber => json.isRawJSON(value);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const isNumber = (value: Json | undefined): value is number | ExactNumber =>
  typeof value === 'number' || isExactNumber(value);

const looksLong = /[\d.]{16,}/;

/** Like `JSON.parse`, but integers beyond 2^53 keep every digit. */
export const parseJson = (text: string): Json =>
  looksLong.test(text)
    ? json.parse(text, (_key, value, { source }) =>
        typeof value === 'number' &&
        !Number.isSafeInteger(value) &&
        source !== undefined &&
        /^-?\d+$/.test(source)
          ? json.rawJSON(source)
          : value,
      )
    : (JSON.parse(text) as Json);

export const jsonEqual = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, index) => jsonEqual(item, b[index]));
  if (isExactNumber(a)) return isExactNumber(b) && a.rawJSON === b.rawJSON;
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]))
  );
};

/** The value at `path`, through objects only. */
export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

export const textAt = (value: Json | undefined, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const numberAt = (value: Json | undefined, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
};

export const listAt = (value: Json | undefined, ...path: readonly string[]): readonly Json[] => {
  const found = at(value, ...path);
  return isList(found) ? found : [];
};

export const objectAt = (value: Json | undefined, ...path: readonly string[]): JsonObject | undefined => {
  const found = at(value, ...path);
  return isObject(found) ? found : undefined;
};

/** A copy with `value` at `path`; `undefined` takes the field away. Objects on the way are made. */
export const withAt = (
  object: JsonObject,
  path: readonly [string, ...string[]],
  value: Json | undefined,
): JsonObject => {
  const [key, next, ...rest] = path;
  if (next === undefined) {
    if (value !== undefined) return { ...object, [key]: value };
    const { [key]: _removed, ...others } = object;
    return others;
  }
  const inner = object[key];
  if (value === undefined && !isObject(inner)) return object;
  return { ...object, [key]: withAt(isObject(inner) ? inner : {}, [next, ...rest], value) };
};
