// What an agent that has nothing to do asks of its API server: 2,000 objects of 40 kinds, applied and left alone, with
// the controller manager running. Requests are counted by the API server's own audit log, the Lease included and the
// requests of a full check spread over the half hour in which it comes once; watches apart: those are open all the
// time, and opened anew every few minutes.

import { createAuditLog, startCluster } from '@muster/testing';
import { agentRequests } from './support/audit.ts';
import { manyKinds } from './support/forty-kinds.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { rounded } from './support/statistics.ts';
import { startStubAgent } from './support/stub-agent.ts';

const KINDS = 40;
const OBJECTS = 2000;
const MINUTES = quick ? 2 : 10;
/** Between the agent's own full checks, where nobody says otherwise. */
const FULL_CHECK_MINUTES = 30;
/** Statuses settle, and what the agent does once after an apply is done. */
const SETTLE_MS = quick ? 15_000 : 60_000;

const audit = await createAuditLog();
const cluster = await startCluster({ controllerManager: true, apiServerFlags: audit.flags });
// Its full check is asked for below, so that none comes while the rest is counted.
const agent = await startStubAgent(cluster, ['--full-check', '24h']);
try {
  const { definitions, objects } = manyKinds(KINDS, OBJECTS / KINDS);
  agent.hub.announce([
    { name: 'definitions', objects: definitions },
    { name: 'kinds', namespace: 'kinds', objects },
  ]);
  await agent.hub.status('kinds', (status) => status.sync === 1);
  progress(`applied; ${SETTLE_MS / 1000} s to settle, then ${MINUTES} min of counting`);
  await sleep(SETTLE_MS);
  const since = Date.now();
  await sleep(MINUTES * 60_000);
  const until = Date.now();
  const requests = (await agentRequests(audit, since)).filter(({ at }) => at <= until);
  const asked = requests.filter(({ verb }) => verb !== 'watch');
  const counts = new Map<string, number>();
  for (const { verb, group, resource, path } of asked) {
    const what = `${verb} ${resource === '' ? path : `${group}/${resource}`}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  for (const [what, count] of [...counts].sort(([, a], [, b]) => b - a)) progress(`  ${count} × ${what}`);
  progress('a full check');
  const checkedSince = Date.now();
  await agent.hub.sync();
  const check = (await agentRequests(audit, checkedSince)).filter(
    ({ verb, resource }) => verb !== 'watch' && resource !== 'leases',
  );
  const checksPerMin = check.length / FULL_CHECK_MINUTES;
  const perMin = (count: number): number => rounded(count / MINUTES, 2);
  report(
    'api-load',
    {
      requestsPerMin: rounded(asked.length / MINUTES + checksPerMin, 2),
      leaseRequestsPerMin: perMin(asked.filter(({ resource }) => resource === 'leases').length),
      fullCheckRequests: check.length,
      watchesEndedPerMin: perMin(requests.length - asked.length),
      writes: asked.filter(({ isWrite, resource }) => isWrite && resource !== 'leases').length,
    },
    { requestsPerMin: atMost(15) },
    { objects: OBJECTS, kinds: KINDS, minutes: MINUTES },
  );
} finally {
  await agent.stop();
  await cluster.stop();
  await audit.remove();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
