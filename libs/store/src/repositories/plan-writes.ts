import type { Sql } from '../sql.ts';
import type { AssignmentChange, ContentRow, DesiredChange } from './plan.repository.ts';
import { PlanFencedError } from './plan-fenced-error.ts';

export async function addContents(sql: Sql, contents: readonly ContentRow[]): Promise<void> {
  if (contents.length === 0) return;
  await sql.rows(
    `insert into desired_contents (digest, data, manifest_digests)
     select c.digest, decode(c.data, 'base64'), c.manifest_digests
     from jsonb_to_recordset($1) as c(digest text, data text, manifest_digests text[])
     on conflict (digest) do update set unreferenced_since = null`,
    [
      JSON.stringify(
        contents.map((it) => ({
          digest: it.digest,
          data: Buffer.from(it.data).toString('base64'),
          manifest_digests: it.manifestDigests,
        })),
      ),
    ],
  );
}

export async function changeDesired(sql: Sql, changes: readonly DesiredChange[], seq: bigint): Promise<void> {
  if (changes.length === 0) return;
  const written = await sql.rows<{ cluster_id: string }>(
    `insert into desired_states as d (cluster_id, epoch, generation, content_digest, base_digest, base_generation, consents, seq,
       changed_at)
     select n.cluster_id, n.epoch, n.generation, n.content_digest, n.base_digest, n.base_generation, n.consents, $2, now()
     from jsonb_to_recordset($1) as n(cluster_id uuid, epoch bigint, generation bigint, content_digest text, base_digest text,
       base_generation bigint, consents text[], former_epoch bigint, former_generation bigint)
     join clusters c on c.id = n.cluster_id and c.removed_at is null
     where n.former_epoch is null or exists (select 1 from desired_states f where f.cluster_id = n.cluster_id
       and f.epoch = n.former_epoch and f.generation = n.former_generation)
     on conflict (cluster_id) do update set epoch = excluded.epoch, generation = excluded.generation,
       content_digest = excluded.content_digest, base_digest = excluded.base_digest,
       base_generation = excluded.base_generation, consents = excluded.consents, seq = excluded.seq,
       changed_at = excluded.changed_at
     where (d.epoch, d.generation) < (excluded.epoch, excluded.generation)
     returning cluster_id`,
    [
      JSON.stringify(
        changes.map((it) => ({
          cluster_id: it.clusterId,
          epoch: it.next.epoch.toString(),
          generation: it.next.generation.toString(),
          content_digest: it.next.contentDigest,
          base_digest: it.next.baseDigest,
          base_generation: it.next.baseGeneration.toString(),
          consents: it.next.consents,
          former_epoch: it.former?.epoch.toString() ?? null,
          former_generation: it.former?.generation.toString() ?? null,
        })),
      ),
      seq.toString(),
    ],
  );
  if (written.length !== changes.length) {
    throw new PlanFencedError(
      `${changes.length - written.length} of ${changes.length} desired states had changed meanwhile`,
    );
  }
}

/** A policy is a revision's: where it changes, so does the pin. A prune hold alone asks nothing new of the agent. */
const changesWhatIsApplied = `(a.revision, a.manifest_digest, a.paused) is distinct from
           (excluded.revision, excluded.manifest_digest, excluded.paused)`;

export async function changeAssignments(sql: Sql, change: AssignmentChange): Promise<void> {
  const clusterIds = [...change.clusterIds];
  if (change.removed.length > 0) {
    await sql.rows('delete from assignments where cluster_id = any($1) and bundle = any($2)', [
      clusterIds,
      [...change.removed],
    ]);
  }
  if (change.set.length > 0) {
    await sql.rows(
      `insert into assignments as a (cluster_id, bundle, revision, manifest_digest, paused, held, epoch, generation)
       select d.cluster_id, n.bundle, n.revision, n.manifest_digest, n.paused, n.held, d.epoch, d.generation
       from desired_states d
       cross join jsonb_to_recordset($2) as n(bundle text, revision text, manifest_digest text, paused boolean, held boolean)
       where d.cluster_id = any($1::uuid[])
       on conflict (cluster_id, bundle) do update set revision = excluded.revision,
         manifest_digest = excluded.manifest_digest, paused = excluded.paused, held = excluded.held,
         epoch = case when ${changesWhatIsApplied} then excluded.epoch else a.epoch end,
         generation = case when ${changesWhatIsApplied} then excluded.generation else a.generation end`,
      [
        clusterIds,
        JSON.stringify(
          change.set.map((it) => ({
            bundle: it.bundle,
            revision: it.revision,
            manifest_digest: it.manifestDigest,
            paused: it.paused,
            held: it.held,
          })),
        ),
      ],
    );
  }
}
