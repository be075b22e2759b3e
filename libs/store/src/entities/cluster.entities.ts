import { EntitySchema } from 'typeorm';
import { bigint, count, json, key, optional, text, texts, time, uuid } from './columns.ts';

/**
 * Clusters that enrolled, that Git declares, or both. A removed one keeps its row, so that its agent can be told; its
 * name is free again.
 */
export const ClusterEntity = new EntitySchema({
  name: 'clusters',
  columns: {
    id: key('clusters', uuid()),
    name: text(),
    /** Of its namespace kube-system; null until it enrols. */
    uid: optional(text()),
    /** Of the agent's key, SHA-256 of its SubjectPublicKeyInfo. */
    key_id: optional(text()),
    join_token: optional(text()),
    declared: optional(json()),
    declared_labels: json(),
    register_labels: json(),
    token_labels: json(),
    /** What counts: `token_labels || register_labels || declared_labels`. */
    labels: json(),
    facts: optional(json()),
    enrolled_at: optional(time()),
    removed_at: optional(time()),
    /** Set while its workloads are being deleted, after which it is removed: who asked, when, and for which bundles. */
    removal: optional(json()),
    certificate_not_after: optional(time()),
    /** The number of its newest session; only grows. */
    session: bigint(),
    /** Where that session is; null when it ended. */
    session_replica: optional(uuid()),
    /** When its newest session ended, or began. */
    last_seen: optional(time()),
    agent_version: optional(text()),
    features: texts(),
    applied_epoch: bigint(),
    applied_generation: bigint(),
    /** The newest desired state of which it said that nothing remains; 0 before there was any. */
    emptied_epoch: bigint(),
    emptied_generation: bigint(),
  },
  indices: [
    { name: 'clusters_name_idx', columns: ['name'], unique: true, where: 'removed_at IS NULL' },
    { name: 'clusters_uid_idx', columns: ['uid'] },
    /** A cluster has one name: two tokens that are used at the same time can't give it two. */
    { name: 'clusters_present_uid_idx', columns: ['uid'], unique: true, where: 'removed_at IS NULL' },
  ],
});

/** A stop of all writes: scope `All` (name empty), `Bundle` or `Cluster`. */
export const PauseEntity = new EntitySchema({
  name: 'pauses',
  columns: {
    scope: key('pauses', text()),
    name: key('pauses', text()),
    reason: text(),
    by: text(),
    since: time(),
  },
});

/**
 * Consents to deletions that wait to be put into desired states, each once. One from a commit stands for all that
 * the commit changes (`cluster_id` null); one from a person for a cluster's state as it was (`generation`).
 */
export const ConsentEntity = new EntitySchema({
  name: 'consents',
  columns: {
    id: key('consents', uuid()),
    bundle: text(),
    cluster_id: optional(uuid()),
    epoch: bigint(),
    generation: bigint(),
    by: text(),
    at: time(),
  },
});

/** A cluster that is to check a bundle (empty: all) now, until the replica that has its session has asked it. */
export const SyncRequestEntity = new EntitySchema({
  name: 'sync_requests',
  columns: {
    cluster_id: key('sync_requests', uuid()),
    bundle: key('sync_requests', text()),
    at: time(),
  },
});

/** Who did what, and what befell the hub. */
export const EventEntity = new EntitySchema({
  name: 'events',
  columns: {
    seq: { ...key('events', bigint()), generated: 'increment' },
    at: time(),
    by: text(),
    kind: text(),
    message: text(),
    /** What it is about, by name. */
    cluster: optional(text()),
    bundle: optional(text()),
  },
  indices: [{ name: 'events_at_idx', columns: ['at'] }],
});

/** Where the fleet repo stands, as of the last look at it: one row. */
export const RepoEntity = new EntitySchema({
  name: 'repo',
  columns: {
    id: key('repo', count()),
    url: text(),
    ref: text(),
    path: text(),
    head: optional(text()),
    fetched_at: optional(time()),
    error: optional(text()),
    error_since: optional(time()),
  },
});
