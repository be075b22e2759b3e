import type { AuditedRequest, AuditLog } from '@muster/testing';

/** Requests of Muster's agent since a time (ms); a benchmark's own client must be silent meanwhile. */
export async function agentRequests(log: AuditLog, since: number): Promise<AuditedRequest[]> {
  const all = await log.requests();
  return all.filter(({ at, userAgent }) => at >= since && /^muster(\/|$)/.test(userAgent));
}

/** What changed or tried to change something, also without an effect; Leases and dry runs apart. */
export async function agentWrites(log: AuditLog, since: number): Promise<AuditedRequest[]> {
  return (await agentRequests(log, since)).filter(
    ({ isWrite, resource }) => isWrite && resource !== 'leases',
  );
}
