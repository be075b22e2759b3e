import type { ListName } from '@muster/api';
import type { Query } from '../hub-api/client.ts';
import type { Colours } from '../output/colours.ts';
import type { Column } from '../output/table.ts';

/** A list of the hub, as `muster get` shows it. */
export interface Resource<T> {
  readonly list: ListName;
  readonly singular: string;
  readonly columns: (look: { readonly colours: Colours; readonly now: number }) => readonly Column<T>[];
  /** What `-o name` prints behind the kind, and what NAME finds. */
  readonly nameOf: (item: T) => string;
  /** The filter that finds the item of a name. */
  readonly find: (name: string) => Query;
}
