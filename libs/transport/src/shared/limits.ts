import type { AgentServerLimits } from '../port.ts';

const MIB = 1024 * 1024;

/** No message of a session is larger, in either direction. */
export const MAX_SESSION_MESSAGE_BYTES = MIB;
/** No message at enrolment is larger. */
export const MAX_ENROLMENT_MESSAGE_BYTES = 64 * 1024;
/** What a chunk of anything carries at most: half a message leaves room for the rest of it. */
export const CHUNK_BYTES = 512 * 1024;
/** A whole desired state, all its parts. */
export const MAX_DESIRED_STATE_BYTES = 16 * MIB;
/** One object; etcd's limit is far below. */
export const MAX_BLOB_BYTES = 8 * MIB;
export const MAX_FETCH_DIGESTS = 5_000;
/** Chunks of one answer that may wait for whoever asked. */
export const MAX_WAITING_CHUNKS = 16;
/** Questions that may be open at one agent. */
export const MAX_OPEN_REQUESTS = 64;
/** HTTP/2 headers of one call. */
export const MAX_METADATA_BYTES = 16 * 1024;
export const MAX_FEATURES = 100;
export const MAX_API_RESOURCES = 10_000;
/** Assignments in one report, and bytes of a report: one message, with room to spare. */
export const MAX_REPORT_BYTES = 512 * 1024;

export const DEFAULT_LIMITS: AgentServerLimits = {
  heartbeatIntervalMs: 10_000,
  leaseMs: 30_000,
  helloDeadlineMs: 10_000,
  maxSessions: 10_000,
  fetchCacheBytes: 48 * MIB,
  maxFetchesPerSession: 4,
  enrolmentsPerMinute: 600,
  maxConnectionsPerAddress: 10_000,
};
