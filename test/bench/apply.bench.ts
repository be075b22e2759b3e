// How near the agent comes to the bare API server: 2,000 ConfigMaps of 1 KB, from the announcement until the final
// inventory is durable, beside bare keep-alive applies of prebuilt bodies to the same kind of server in the same run.
// Then the agent starts again and has nothing to do: what that costs, and that it writes nothing.

import { createKubeClient } from '@muster/kube';
import { type RawApply, rawApplies, startCluster, type StubHub, type TestCluster } from '@muster/testing';
import { configMaps, nameOf } from './support/config-maps.ts';
import { countWrites } from './support/audit.ts';
import { cpuMs, peakRssMb, pssMb } from './support/process-usage.ts';
import { atLeast, atMost, progress, quick, report } from './support/report.ts';
import { median, rounded } from './support/statistics.ts';
import { type StubAgent, startStubAgent } from './support/stub-agent.ts';

const OBJECTS = 2000;
const SIZE = 1024;
const ROUNDS = quick ? 2 : 5;
/** After this the agent's own garbage has been collected and idle timers have run. */
const IDLE_MS = quick ? 5_000 : 120_000;

interface Round {
  readonly rawS: number;
  readonly agentS: number;
  readonly peakMb: number;
}

const rounds: Round[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  progress(`round ${round} of ${ROUNDS}`);
  await onFreshCluster([], async (cluster, agent) => rounds.push(await measureRound(cluster, agent, round)));
}
progress('the same agent once more, restarted with nothing to do');
const restarted = await onFreshCluster(countWrites.flags, (_cluster, agent) => measureRestart(agent));

const figures = {
  ratioOfRaw2000: rounded(median(rounds.map((it) => it.rawS)) / median(rounds.map((it) => it.agentS)), 3),
  noChangeWrites: restarted.writes,
  noChangeS: rounded(restarted.seconds, 2),
  noChangeCpuMs: rounded(restarted.cpuMs, 0),
  agentRssMb2000: rounded(restarted.rssMb),
  agentPeakRssMb2000: rounded(Math.max(...rounds.map((it) => it.peakMb))),
  rawS: rounded(median(rounds.map((it) => it.rawS)), 2),
  agentS: rounded(median(rounds.map((it) => it.agentS)), 2),
};
report(
  'apply',
  figures,
  {
    ratioOfRaw2000: atLeast(0.85),
    noChangeWrites: atMost(0),
    noChangeS: atMost(1.5),
    noChangeCpuMs: atMost(1000),
    agentRssMb2000: atMost(120),
    agentPeakRssMb2000: atMost(150),
  },
  {
    objects: OBJECTS,
    bytesEach: SIZE,
    rounds: ROUNDS,
    raw: 'the better of 8 and 16 in flight',
    idleS: IDLE_MS / 1000,
  },
);

async function onFreshCluster<T>(
  flags: readonly string[],
  measure: (cluster: TestCluster, agent: StubAgent) => Promise<T>,
): Promise<T> {
  const cluster = await startCluster({ apiServerFlags: flags });
  try {
    await makeNamespaces(cluster);
    const agent = await startStubAgent(cluster);
    try {
      return await measure(cluster, agent);
    } finally {
      await agent.stop();
    }
  } finally {
    await cluster.stop();
  }
}

async function makeNamespaces(cluster: TestCluster): Promise<void> {
  const kube = createKubeClient(cluster.config);
  const namespaces = (await kube.resourceFor('', 'v1', 'Namespace'))!;
  for (const name of ['raw-8', 'raw-16', 'agent']) {
    await kube.create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await kube.close();
}

/** The two sides take turns at going first. */
async function measureRound(cluster: TestCluster, agent: StubAgent, round: number): Promise<Round> {
  let rawS = 0;
  let agentS = 0;
  for (const side of round % 2 === 0 ? ['agent', 'raw'] : ['raw', 'agent']) {
    if (side === 'raw') rawS = Math.min(await raw(cluster, 'raw-8', 8), await raw(cluster, 'raw-16', 16));
    else agentS = await announced(agent.hub);
  }
  progress(`  bare ${rawS.toFixed(2)} s, agent ${agentS.toFixed(2)} s`);
  return { rawS, agentS, peakMb: peakRssMb(agent.program().pid) };
}

async function raw(cluster: TestCluster, namespace: string, inFlight: number): Promise<number> {
  const applies: RawApply[] = configMaps(OBJECTS, SIZE, namespace).map((body) => ({
    path: `/api/v1/namespaces/${namespace}/configmaps/${nameOf(body)}`,
    body,
  }));
  return (await rawApplies(cluster.config, applies, inFlight)).seconds;
}

/** From the announcement until the agent says Synced, which it does once its inventory is durable. */
async function announced(hub: StubHub): Promise<number> {
  const objects = configMaps(OBJECTS, SIZE, 'agent');
  const started = performance.now();
  hub.announce([{ name: 'load', namespace: 'agent', objects }]);
  await hub.status('load', (status) => status.sync === 1);
  return (performance.now() - started) / 1000;
}

async function measureRestart(agent: StubAgent): Promise<{
  readonly seconds: number;
  readonly cpuMs: number;
  readonly writes: number;
  readonly rssMb: number;
}> {
  await announced(agent.hub);
  const since = Date.now();
  const started = performance.now();
  await agent.restart();
  await agent.hub.status('load', (status) => status.sync === 1 && Number(status.observedAtUnixMs) >= since);
  const seconds = (performance.now() - started) / 1000;
  const { pid } = agent.program();
  const cpu = cpuMs(pid);
  progress(`  idle for ${IDLE_MS / 1000} s`);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return { seconds, cpuMs: cpu, writes: await countWrites.since(since), rssMb: pssMb(pid) };
}
