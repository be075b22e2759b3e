/**
 * The shapes of `table.json`, terse because the file is data that many types make long.
 *
 * A schema: `s` string, `y` base64 bytes, `i` int32, `l` int64, `n` number, `b` boolean, `x` an integer or a string,
 * `*` anything, `#name` a type of the table, or an object for a list, a map or an enumeration.
 */
export type RawSchema = string | RawList | RawMap | RawEnum;

export interface RawList {
  /** Of the items. */
  readonly l: RawSchema;
  /** Set or map; atomic if it is missing. */
  readonly t?: 's' | 'm';
  /** A map's keys. */
  readonly k?: readonly string[] | undefined;
  /** Strategic merge patch: strategy and merge key. */
  readonly s?: string;
  readonly p?: string;
}

export interface RawMap {
  /** Of the values. */
  readonly m: RawSchema;
  /** Atomic. */
  readonly a?: 1;
}

export interface RawEnum {
  readonly e: readonly string[];
}

/**
 * A field with something to say beside its schema: patch strategy, default, atomic, and whether it is always there
 * (a Go structure that isn't a pointer is written even when it is empty: `resources: {}`).
 */
export type RawField =
  | RawSchema
  | {
      readonly n: RawSchema;
      readonly s?: string;
      readonly d?: string | number | boolean;
      readonly a?: 1;
      readonly z?: 1;
    };

export type RawType =
  | { readonly alias: RawSchema }
  | { readonly f: Readonly<Record<string, RawField>>; readonly r?: readonly string[]; readonly a?: 1 };

export interface RawSubresource {
  readonly name: string;
  readonly verbs: readonly string[];
  readonly kind: string;
  /** Where they differ from the resource's. */
  readonly group?: string;
  readonly version?: string;
}

export interface RawResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly RawSubresource[];
}

export interface RawTable {
  readonly $comment: string;
  readonly version: string;
  /** In the order of the real discovery: groups by priority, versions by preference. */
  readonly resources: readonly RawResource[];
  /** `group/version/kind` → type. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, RawType>>;
}
