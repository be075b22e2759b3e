import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clusters whose workloads are deleted before they are removed, and what they say when nothing remains. */
export class RemovalWithWorkloads1790200000000 implements MigrationInterface {
  readonly name = 'RemovalWithWorkloads1790200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table clusters drop removal, drop emptied_epoch, drop emptied_generation');
  }
}

const up = `
alter table clusters add removal jsonb, add emptied_epoch bigint not null default 0,
  add emptied_generation bigint not null default 0;
alter table clusters alter emptied_epoch drop default, alter emptied_generation drop default;
`;
