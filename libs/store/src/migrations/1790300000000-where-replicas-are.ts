import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the other replicas reach a replica, for what only the one with a cluster's session can answer. */
export class WhereReplicasAre1790300000000 implements MigrationInterface {
  readonly name = 'WhereReplicasAre1790300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table replicas add address text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table replicas drop address');
  }
}
