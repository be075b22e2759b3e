import type { ListName } from '@muster/api';

/** A sort key. Text is compared by code point, whatever the database's locale. Never null: nulls can't be paged over. */
export interface SortKey {
  readonly sql: string;
  readonly type: 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz';
}

/** What a filter's values, of which any may match, are compared with. */
export type ListFilter =
  | { readonly kind: 'text'; readonly sql: string }
  /** The value begins so: abbreviated commits. */
  | { readonly kind: 'prefix'; readonly sql: string }
  | { readonly kind: 'choice'; readonly sql: string; readonly choices: readonly string[] }
  | { readonly kind: 'flag'; readonly sql: string }
  /** An array of images: one is meant by its whole name, or by its name without tag or digest. */
  | { readonly kind: 'image'; readonly sql: string };

/**
 * How a list of the API is read: which rows, and what its sort keys, filters and labels are in SQL. The names are
 * those of `LISTS` in `@muster/api`.
 */
export interface ListSource<Sort extends string = string, Filter extends string = string> {
  readonly list: ListName;
  /** Common table expressions, without `with`; may be empty. */
  readonly ctes: string;
  readonly columns: string;
  /** From `from` on, without conditions. */
  readonly from: string;
  readonly sorts: Readonly<Record<Sort, SortKey>>;
  /** Breaks ties: tells any two rows apart. */
  readonly key: readonly SortKey[];
  readonly filters: Readonly<Record<Filter, ListFilter>>;
  /** The jsonb column that label selectors are about. */
  readonly labels?: string;
}

/** The sort keys that `LISTS` names for a list, without their direction. */
export type SortNames<Names extends readonly string[]> = Names[number] extends infer Name
  ? Name extends `-${infer Bare}`
    ? Bare
    : Name
  : never;

/** A list's query, its parameters taken apart but not yet understood. */
export interface ListRequest {
  /** Filters by name; several values mean any of them. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly labelSelector?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly page?: string;
}

/** What is wrong with which parameter of a query. */
export interface QueryIssue {
  readonly field: string;
  readonly message: string;
}
