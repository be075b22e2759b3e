import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events that can be asked for by cluster and bundle, requests to sync for whichever replica has the session, what
 * failed of a revision, and one present cluster of a uid.
 */
export class EventsByWhatTheyAreAbout1790100000000 implements MigrationInterface {
  readonly name = 'EventsByWhatTheyAreAbout1790100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}

const up = `
alter table events add cluster text, add bundle text;
update events set cluster = subject where kind like 'Cluster%';
update events set bundle = subject where kind like 'Bundle%' or kind = 'DeletionsAllowed';
update events set cluster = subject where kind in ('Paused', 'Resumed') and message like '%ed cluster %';
update events set bundle = subject where kind in ('Paused', 'Resumed') and message like '%ed bundle %';
alter table events drop subject, drop detail;
create table sync_requests (
  cluster_id uuid not null,
  bundle text not null,
  at timestamptz not null,
  constraint sync_requests_pkey primary key (cluster_id, bundle)
);
alter table revisions add failures jsonb not null default '[]';
alter table revisions alter failures drop default;
create unique index clusters_present_uid_idx on clusters (uid) where removed_at is null;
`;

const down = `
drop index clusters_present_uid_idx;
alter table revisions drop failures;
drop table sync_requests;
alter table events add subject text not null default '', add detail jsonb;
update events set subject = coalesce(cluster, bundle, '');
alter table events alter subject drop default, drop cluster, drop bundle;
`;
