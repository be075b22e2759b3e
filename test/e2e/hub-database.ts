import type { TestHub } from '@muster/testing';
import pg from 'pg';

/** Runs one statement in a running hub's embedded database: for what no person could do, such as moving the clock. */
export async function queryHub<Row extends pg.QueryResultRow>(
  hub: TestHub,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({
    host: `${hub.data}/postgres/db`,
    user: 'muster',
    database: 'muster',
  });
  await client.connect();
  try {
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}
