import { EntitySchema } from 'typeorm';
import { bigint, bytes, count, flag, json, key, optional, text, texts, time } from './columns.ts';

/** Commits of the fleet repo in the order in which the hub saw them. */
export const RevisionEntity = new EntitySchema({
  name: 'revisions',
  columns: {
    seq: { ...key('revisions', bigint()), generated: 'increment' },
    sha: text(),
    tree_id: text(),
    message: text(),
    author: text(),
    committed_at: time(),
    state: text(),
    problems: json(),
    bundles_total: count(),
    bundles_failing: count(),
    /** Some of the bundles that did not render at it, each with the reason in a sentence. */
    failures: json(),
    seen_at: time(),
    resolve_ms: optional({ type: 'double precision' }),
  },
  indices: [
    { name: 'revisions_sha_idx', columns: ['sha'] },
    { name: 'revisions_seen_idx', columns: ['seen_at'] },
  ],
});

/** What the newest good revision declares besides bundles and clusters: one row. */
export const FleetEntity = new EntitySchema({
  name: 'fleet',
  columns: {
    id: key('fleet', count()),
    revision: text(),
    groups: json(),
  },
});

/**
 * The bundles of the newest good revision, each with its newest spec, where its rollout stands, and what it last
 * rendered to (`good_revision`, `manifest_digest`, `policy`: null until it first did).
 */
export const BundleEntity = new EntitySchema({
  name: 'bundles',
  columns: {
    name: key('bundles', text()),
    labels: json(),
    spec: json(),
    /** What `spec` was rendered from: nothing is done while it stays the same. */
    input_key: text(),
    problems: json(),
    rollout: json(),
    good_revision: optional(text()),
    manifest_digest: optional(text()),
    policy: optional(bytes()),
    object_count: count(),
  },
});

/** What an input renders to. Also the references that keep manifests of bundles. */
export const RenderingEntity = new EntitySchema({
  name: 'renderings',
  columns: {
    input_key: key('renderings', text()),
    manifest_digest: text(),
    used_at: time(),
  },
  indices: [{ name: 'renderings_manifest_idx', columns: ['manifest_digest'] }],
});

export const ManifestEntity = new EntitySchema({
  name: 'manifests',
  columns: {
    digest: key('manifests', text()),
    data: bytes(),
    object_count: count(),
    unreferenced_since: optional(time()),
  },
});

/** An object of a manifest: what is known of it without its content. */
export const ManifestObjectEntity = new EntitySchema({
  name: 'manifest_objects',
  columns: {
    manifest_digest: key('manifest_objects', text()),
    position: key('manifest_objects', count()),
    object_digest: text(),
    api_group: text(),
    version: text(),
    kind: text(),
    namespace: text(),
    name: text(),
    images: texts(),
  },
  indices: [{ name: 'manifest_objects_object_idx', columns: ['object_digest'] }],
});

/** Objects by digest, each once. Secrets are sealed under the data key. */
export const ObjectEntity = new EntitySchema({
  name: 'objects',
  columns: {
    digest: key('objects', text()),
    sealed: flag(),
    data: bytes(),
  },
});
