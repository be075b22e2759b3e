// How near the agent comes to the bare API server: 100, 2,000 and 10,000 ConfigMaps of 1 KB, from the announcement
// until the final inventory is durable, beside bare keep-alive applies of the very same bytes (prebuilt, marks
// included) to the same API server in the same run. Then the agent starts again and has nothing to do: what that
// costs, and that it writes nothing.

import { createAuditLog } from '@muster/testing';
import { announced, bytesEach, measureRound, onFreshCluster, type Round } from './support/apply-round.ts';
import { agentWrites } from './support/audit.ts';
import { cpuMs, pssMb } from './support/process-usage.ts';
import { atLeast, atMost, progress, quick, report } from './support/report.ts';
import { median, rounded } from './support/statistics.ts';
import type { StubAgent } from './support/stub-agent.ts';

const ROUNDS = quick ? { 100: 3, 2000: 2, 10000: 1 } : { 100: 9, 2000: 5, 10000: 3 };
/** After this the agent's own garbage has been collected and idle timers have run. */
const IDLE_MS = quick ? 5_000 : 120_000;

const small = await rounds(100);
const medium = await rounds(2000);
const large = await rounds(10000);
progress('the agent once more, restarted with nothing to do');
const audit = await createAuditLog();
const restarted = await onFreshCluster(audit.flags, (_cluster, agent) => measureRestart(agent));
await audit.remove();

report(
  'apply',
  {
    fixedOverheadMs100: rounded(1000 * (agentS(small) - rawS(small))),
    ratioOfRaw2000: rounded(rawS(medium) / agentS(medium), 3),
    ratioOfRaw10000: rounded(rawS(large) / agentS(large), 3),
    agentRssMb10000: rounded(large.at(-1)!.restMb),
    noChangeWrites: restarted.writes,
    noChangeS: rounded(restarted.seconds, 2),
    noChangeCpuMs: rounded(restarted.cpuMs, 0),
    agentRssMb2000: rounded(restarted.rssMb),
    agentPeakRssMb2000: rounded(Math.max(...medium.map((it) => it.peakMb))),
    agentPeakRssMb10000: rounded(Math.max(...large.map((it) => it.peakMb))),
    ...seconds('100', small),
    ...seconds('2000', medium),
    ...seconds('10000', large),
  },
  {
    fixedOverheadMs100: atMost(100),
    ratioOfRaw2000: atLeast(0.85),
    ratioOfRaw10000: atLeast(0.85),
    agentRssMb10000: atMost(200),
    noChangeWrites: atMost(0),
    noChangeS: atMost(1.5),
    noChangeCpuMs: atMost(1000),
    agentRssMb2000: atMost(120),
    agentPeakRssMb2000: atMost(150),
  },
  { bytesEach, rounds: ROUNDS, raw: 'the better of 8 and 16 in flight', idleS: IDLE_MS / 1000 },
);

async function rounds(objects: keyof typeof ROUNDS): Promise<Round[]> {
  const measured: Round[] = [];
  for (let round = 1; round <= ROUNDS[objects]; round += 1) {
    progress(`${objects} objects, round ${round} of ${ROUNDS[objects]}`);
    // Memory at rest is a figure of the largest alone, and one look at it is enough.
    const restMs = objects === 10000 && round === ROUNDS[objects] ? IDLE_MS : 0;
    measured.push(await measureRound(objects, round, restMs));
  }
  return measured;
}

function rawS(measured: readonly Round[]): number {
  return median(measured.map((it) => it.rawS));
}

function agentS(measured: readonly Round[]): number {
  return median(measured.map((it) => it.agentS));
}

function seconds(name: string, measured: readonly Round[]): Record<string, number> {
  return { [`rawS${name}`]: rounded(rawS(measured), 3), [`agentS${name}`]: rounded(agentS(measured), 3) };
}

async function measureRestart(agent: StubAgent): Promise<{
  readonly seconds: number;
  readonly cpuMs: number;
  readonly writes: number;
  readonly rssMb: number;
}> {
  await announced(agent.hub, 2000);
  const since = Date.now();
  const started = performance.now();
  await agent.restart();
  await agent.hub.status('load', (status) => status.sync === 1 && Number(status.observedAtUnixMs) >= since);
  const elapsed = (performance.now() - started) / 1000;
  const { pid } = agent.program();
  const cpu = cpuMs(pid);
  progress(`  idle for ${IDLE_MS / 1000} s`);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const writes = (await agentWrites(audit, since)).length;
  return { seconds: elapsed, cpuMs: cpu, writes, rssMb: pssMb(pid) };
}
