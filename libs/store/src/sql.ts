import type { DataSource, EntityManager } from 'typeorm';

/**
 * Where SQL runs: the pool (each statement by itself) or a transaction. Rows come as plain objects: `bigint` as
 * text, `timestamptz` as Date, `jsonb` parsed, `bytea` as Buffer.
 */
export class Sql {
  readonly #runner: DataSource | EntityManager;

  constructor(runner: DataSource | EntityManager) {
    this.#runner = runner;
  }

  /** The rows that a statement yields, also an `update … returning`. */
  async rows<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return unpack(await this.#runner.query<Row[] | [Row[], number]>(statement, [...parameters]));
  }

  async first<Row>(statement: string, parameters: readonly unknown[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(statement, parameters))[0];
  }

  /** Runs `work` on what is committed now, whatever others commit meanwhile. */
  async snapshot<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.#runner.transaction('REPEATABLE READ', (manager) => work(new Sql(manager)));
  }

  /** Runs `work` in one transaction; what it throws rolls back. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.#runner.transaction((manager) => work(new Sql(manager)));
  }
}

/** TypeORM answers an UPDATE or DELETE with `[rows, count]`, everything else with the rows. */
function unpack<Row>(answer: Row[] | [Row[], number]): Row[] {
  const [rows, affected] = answer;
  return answer.length === 2 && Array.isArray(rows) && typeof affected === 'number'
    ? rows
    : (answer as Row[]);
}
