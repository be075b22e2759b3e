import type { EntitySchemaColumnOptions } from 'typeorm';

/** Column types with their names spelled out: nothing is left to reflection, which sees `Object` in a nullable field. */
export const text = (): EntitySchemaColumnOptions => ({ type: 'text' });
export const uuid = (): EntitySchemaColumnOptions => ({ type: 'uuid' });
export const bigint = (): EntitySchemaColumnOptions => ({ type: 'bigint' });
export const count = (): EntitySchemaColumnOptions => ({ type: 'integer' });
export const bytes = (): EntitySchemaColumnOptions => ({ type: 'bytea' });
export const json = (): EntitySchemaColumnOptions => ({ type: 'jsonb' });
export const flag = (): EntitySchemaColumnOptions => ({ type: 'boolean' });
export const texts = (): EntitySchemaColumnOptions => ({ type: 'text', array: true });
/** Milliseconds are as fine as clocks of different machines can be compared. */
export const time = (): EntitySchemaColumnOptions => ({ type: 'timestamp with time zone' });

export const optional = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  nullable: true,
});

/** A part of the primary key of this table. */
export const key = (table: string, column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  primary: true,
  primaryKeyConstraintName: `${table}_pkey`,
});
