/** The system's errors for a hub that isn't there, by name: they say nothing of our certificate. */
const outOfReach = /\b(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)\b/;

/**
 * True where the way to the hub is what failed. Renewing the certificate helps nobody then, and when the hub comes
 * back, a whole fleet would ask for certificates at once.
 */
export function isOutOfReach(reason: string): boolean {
  return outOfReach.test(reason);
}
