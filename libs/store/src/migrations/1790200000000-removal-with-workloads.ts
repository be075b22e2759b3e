import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clusters whose workloads are deleted before they are removed. */
export class RemovalWithWorkloads1790200000000 implements MigrationInterface {
  readonly name = 'RemovalWithWorkloads1790200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table clusters add removal jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table clusters drop removal');
  }
}
