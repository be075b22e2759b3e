import { EntitySchema } from 'typeorm';
import { bigint, bytes, count, json, key, optional, text, time, uuid } from './columns.ts';

/** What the hub is: one row. */
export const HubEntity = new EntitySchema({
  name: 'hub',
  columns: {
    id: key('hub', count()),
    fleet: uuid(),
    /** Raised only by `muster recover`. */
    epoch: bigint(),
    /** Counts plans: what `desired_states.seq` is taken from. */
    plan_seq: bigint(),
    created_at: time(),
  },
});

/** Keys, wrapped by the master key; the certificate stands beside the key that it belongs to. */
export const SealedKeyEntity = new EntitySchema({
  name: 'sealed_keys',
  columns: {
    purpose: key('sealed_keys', text()),
    master_key_id: text(),
    sealed: bytes(),
    certificate: optional(text()),
    created_at: time(),
  },
});

/** Hub processes. A replica whose heartbeat is old is gone, and so are the sessions that it had. */
export const ReplicaEntity = new EntitySchema({
  name: 'replicas',
  columns: {
    id: key('replicas', uuid()),
    version: text(),
    started_at: time(),
    heartbeat_at: time(),
    /** The URL of its HTTP listener, as other replicas reach it; null until it listens. */
    address: optional(text()),
  },
});

/** Bearer tokens of the HTTP API, by hash. */
export const ApiTokenEntity = new EntitySchema({
  name: 'api_tokens',
  columns: {
    token_hash: key('api_tokens', text()),
    name: text(),
    created_at: time(),
  },
});

export const JoinTokenEntity = new EntitySchema({
  name: 'join_tokens',
  columns: {
    id: key('join_tokens', text()),
    secret_hash: text(),
    /** Null: open to any new name. */
    name: optional(text()),
    labels: json(),
    max_uses: count(),
    uses: count(),
    created_by: text(),
    created_at: time(),
    expires_at: time(),
  },
});
