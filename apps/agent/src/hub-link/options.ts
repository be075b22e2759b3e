import type { KubeClient } from '@muster/kube';
import type { Timers } from '@muster/transport';

export interface TokenOptions {
  /** Needed where the cluster has no identity yet, or has one that its hub does not take any more. */
  readonly joinToken?: string;
  /** Called when the token has done all that it can: the identity that the cluster has makes it needless. */
  readonly onTokenNeedless?: () => Promise<void>;
}

export interface HubLinkOptions extends TokenOptions {
  /** The cluster's API: the identity is kept in a Secret there. */
  readonly kube: KubeClient;
  /** `host:port` of the hub's enrolment listener; default: the one that the cluster enrolled at. */
  readonly enrolmentAddress?: string;
  /** `host:port` of the hub's sessions; default: what the hub said. */
  readonly sessionAddress?: string;
  /** Asked anew while the cluster has no way to a hub: somebody may have given another token since. */
  readonly newToken?: () => Promise<TokenOptions>;
  /** The name to enrol under; empty: the token's. */
  readonly clusterName: string;
  readonly agentVersion: string;
  /** This process; differs after each start. */
  readonly instance: string;
  /** What the agent knows to do, by name. */
  readonly features: readonly string[];
  readonly log: LinkLog;
  readonly timers?: Timers;
  /** [0, 1), for jitter. */
  readonly random?: () => number;
}

/** Fits pino's loggers. Gets no token, key or payload. */
export interface LinkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
