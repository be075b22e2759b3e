import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that the hub began with. */
export class FirstTables1790000000000 implements MigrationInterface {
  readonly name = 'FirstTables1790000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(createTables);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`drop table ${tables.join(', ')}`);
  }
}

const tables = [
  'api_tokens',
  'assignments',
  'assignment_statuses',
  'bundles',
  'clusters',
  'consents',
  'desired_contents',
  'desired_states',
  'events',
  'fleet',
  'hub',
  'join_tokens',
  'manifests',
  'manifest_objects',
  'objects',
  'pauses',
  'renderings',
  'replicas',
  'repo',
  'revisions',
  'sealed_keys',
];

const createTables = `
create table api_tokens (
  token_hash text not null,
  name text not null,
  created_at timestamptz not null,
  constraint api_tokens_pkey primary key (token_hash)
);
create table assignments (
  cluster_id uuid not null,
  bundle text not null,
  revision text not null,
  manifest_digest text not null,
  paused boolean not null,
  held boolean not null,
  epoch bigint not null,
  generation bigint not null,
  constraint assignments_pkey primary key (cluster_id, bundle)
);
create index assignments_bundle_idx on assignments (bundle);
create table assignment_statuses (
  cluster_id uuid not null,
  bundle text not null,
  session bigint not null,
  sequence bigint not null,
  manifest_digest text not null,
  epoch bigint not null,
  generation bigint not null,
  sync text not null,
  health text not null,
  reason text not null,
  message text not null,
  objects jsonb,
  object_count integer not null,
  object_problem_count integer not null,
  warnings text[] not null,
  observed_at timestamptz not null,
  received_at timestamptz not null,
  constraint assignment_statuses_pkey primary key (cluster_id, bundle)
);
create table bundles (
  name text not null,
  labels jsonb not null,
  spec jsonb not null,
  input_key text not null,
  problems jsonb not null,
  rollout jsonb not null,
  good_revision text,
  manifest_digest text,
  policy bytea,
  object_count integer not null,
  constraint bundles_pkey primary key (name)
);
create table clusters (
  id uuid not null,
  name text not null,
  uid text,
  key_id text,
  join_token text,
  declared jsonb,
  declared_labels jsonb not null,
  register_labels jsonb not null,
  token_labels jsonb not null,
  labels jsonb not null,
  facts jsonb,
  enrolled_at timestamptz,
  removed_at timestamptz,
  certificate_not_after timestamptz,
  session bigint not null,
  session_replica uuid,
  last_seen timestamptz,
  agent_version text,
  features text[] not null,
  applied_epoch bigint not null,
  applied_generation bigint not null,
  constraint clusters_pkey primary key (id)
);
create unique index clusters_name_idx on clusters (name) where removed_at is null;
create index clusters_uid_idx on clusters (uid);
create table consents (
  id uuid not null,
  bundle text not null,
  cluster_id uuid,
  epoch bigint not null,
  generation bigint not null,
  by text not null,
  at timestamptz not null,
  constraint consents_pkey primary key (id)
);
create table desired_contents (
  digest text not null,
  data bytea not null,
  manifest_digests text[] not null,
  unreferenced_since timestamptz,
  constraint desired_contents_pkey primary key (digest)
);
create table desired_states (
  cluster_id uuid not null,
  epoch bigint not null,
  generation bigint not null,
  content_digest text not null,
  base_digest text not null,
  base_generation bigint not null,
  consents text[] not null,
  seq bigint not null,
  changed_at timestamptz not null,
  constraint desired_states_pkey primary key (cluster_id)
);
create index desired_states_seq_idx on desired_states (seq);
create table events (
  seq bigserial not null,
  at timestamptz not null,
  by text not null,
  kind text not null,
  subject text not null,
  message text not null,
  detail jsonb,
  constraint events_pkey primary key (seq)
);
create index events_at_idx on events (at);
create table fleet (
  id integer not null,
  revision text not null,
  groups jsonb not null,
  constraint fleet_pkey primary key (id)
);
create table hub (
  id integer not null,
  fleet uuid not null,
  epoch bigint not null,
  plan_seq bigint not null,
  created_at timestamptz not null,
  constraint hub_pkey primary key (id)
);
create table join_tokens (
  id text not null,
  secret_hash text not null,
  name text,
  labels jsonb not null,
  max_uses integer not null,
  uses integer not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint join_tokens_pkey primary key (id)
);
create table manifests (
  digest text not null,
  data bytea not null,
  object_count integer not null,
  unreferenced_since timestamptz,
  constraint manifests_pkey primary key (digest)
);
create table manifest_objects (
  manifest_digest text not null,
  position integer not null,
  object_digest text not null,
  api_group text not null,
  version text not null,
  kind text not null,
  namespace text not null,
  name text not null,
  images text[] not null,
  constraint manifest_objects_pkey primary key (manifest_digest, position)
);
create index manifest_objects_object_idx on manifest_objects (object_digest);
create table objects (
  digest text not null,
  sealed boolean not null,
  data bytea not null,
  constraint objects_pkey primary key (digest)
);
create table pauses (
  scope text not null,
  name text not null,
  reason text not null,
  by text not null,
  since timestamptz not null,
  constraint pauses_pkey primary key (scope, name)
);
create table renderings (
  input_key text not null,
  manifest_digest text not null,
  used_at timestamptz not null,
  constraint renderings_pkey primary key (input_key)
);
create index renderings_manifest_idx on renderings (manifest_digest);
create table replicas (
  id uuid not null,
  version text not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  constraint replicas_pkey primary key (id)
);
create table repo (
  id integer not null,
  url text not null,
  ref text not null,
  path text not null,
  head text,
  fetched_at timestamptz,
  error text,
  error_since timestamptz,
  constraint repo_pkey primary key (id)
);
create table revisions (
  seq bigserial not null,
  sha text not null,
  tree_id text not null,
  message text not null,
  author text not null,
  committed_at timestamptz not null,
  state text not null,
  problems jsonb not null,
  bundles_total integer not null,
  bundles_failing integer not null,
  seen_at timestamptz not null,
  resolve_ms double precision,
  constraint revisions_pkey primary key (seq)
);
create index revisions_sha_idx on revisions (sha);
create index revisions_seen_idx on revisions (seen_at);
create table sealed_keys (
  purpose text not null,
  master_key_id text not null,
  sealed bytea not null,
  certificate text,
  created_at timestamptz not null,
  constraint sealed_keys_pkey primary key (purpose)
);
`;
