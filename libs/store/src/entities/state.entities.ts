import { EntitySchema } from 'typeorm';
import { bigint, bytes, count, flag, json, key, optional, text, texts, time, uuid } from './columns.ts';

/**
 * What desired states say apart from their version: clusters that are to run the same share one row, however many
 * they are.
 */
export const DesiredContentEntity = new EntitySchema({
  name: 'desired_contents',
  columns: {
    digest: key('desired_contents', text()),
    data: bytes(),
    /** So that it is known, without decoding, what keeps a manifest. */
    manifest_digests: texts(),
    unreferenced_since: optional(time()),
  },
});

/** A cluster's desired state. The generation only grows; `seq` tells other replicas what is new to them. */
export const DesiredStateEntity = new EntitySchema({
  name: 'desired_states',
  columns: {
    cluster_id: key('desired_states', uuid()),
    epoch: bigint(),
    generation: bigint(),
    content_digest: text(),
    /** Of the content without consents: they lapse when this changes. */
    base_digest: text(),
    /** The generation that last changed the base: an older consent doesn't know what it would allow. */
    base_generation: bigint(),
    consents: texts(),
    seq: bigint(),
    changed_at: time(),
  },
  indices: [{ name: 'desired_states_seq_idx', columns: ['seq'] }],
});

/** One bundle on one cluster: what `desired_states` says, spelled out for lists. */
export const AssignmentEntity = new EntitySchema({
  name: 'assignments',
  columns: {
    cluster_id: key('assignments', uuid()),
    bundle: key('assignments', text()),
    revision: text(),
    manifest_digest: text(),
    paused: flag(),
    held: flag(),
    /** The desired state that changed its pin, manifest, policy or pause last: an older status speaks of something else. */
    epoch: bigint(),
    generation: bigint(),
  },
  indices: [{ name: 'assignments_bundle_idx', columns: ['bundle'] }],
});

/** What a cluster's agent last said of an assignment, also of one that is on its way out. */
export const AssignmentStatusEntity = new EntitySchema({
  name: 'assignment_statuses',
  columns: {
    cluster_id: key('assignment_statuses', uuid()),
    bundle: key('assignment_statuses', text()),
    /** The session and the report that said it. */
    session: bigint(),
    sequence: bigint(),
    manifest_digest: text(),
    epoch: bigint(),
    generation: bigint(),
    sync: text(),
    health: text(),
    reason: text(),
    message: text(),
    objects: optional(json()),
    object_count: count(),
    object_problem_count: count(),
    warnings: texts(),
    observed_at: time(),
    received_at: time(),
  },
});
