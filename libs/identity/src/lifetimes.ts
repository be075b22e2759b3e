const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long a cluster's certificate lives unless the hub is told otherwise. */
export const DEFAULT_CERTIFICATE_LIFE_MS = DAY;

/** By how much the clocks of hub replicas may differ: client certificates begin so much before they are issued. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * By how much an agent's clock may lag behind the hub's: so much before their making the CA's and the server's
 * certificates begin. A private CA loses nothing by it.
 */
export const AGENT_CLOCK_LAG_MS = DAY;

export const AUTHORITY_LIFE_MS = 3_650 * DAY;

/** A hub makes its server certificate anew at each start, and daily. */
export const SERVER_CERTIFICATE_LIFE_MS = 90 * DAY;

export interface Validity {
  /** ms since the epoch, each. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** When a certificate is to be renewed: at two thirds of its life, counted from its issue. */
export function renewAfter(validity: Validity): number {
  const issued = validity.notBefore + CLOCK_SKEW_MS;
  return issued + Math.floor(((validity.notAfter - issued) * 2) / 3);
}
