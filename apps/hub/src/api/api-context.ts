import type { ChangeNotice } from '@muster/api';
import type { Liveness, Sql } from '@muster/store';
import type { FleetActions } from './fleet-actions.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { HubMetrics } from './hub-metrics.ts';
import type { SessionPlace } from './inspect/session-place.ts';

/** All that the API needs of the hub around it. */
export interface ApiContext {
  readonly sql: Sql;
  /** The hub's uuid. */
  readonly fleet: string;
  readonly version: string;
  /** What the sessions' listener ends a silent session after. */
  readonly leaseMs: number;
  readonly liveness: Liveness;
  readonly actions: FleetActions;
  /** Where the session of a cluster (id) is. */
  readonly locate: (clusterId: string) => Promise<SessionPlace>;
  readonly changes: ChangeFeed;
  readonly metrics: HubMetrics;
  readonly log: ApiLog;
}

/** As pino's. */
export interface ApiLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export const API_CONTEXT = Symbol('ApiContext');

export type Topic = ChangeNotice['topics'][number];
