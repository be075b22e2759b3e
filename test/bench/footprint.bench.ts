// What Muster costs while nothing happens, and how long it takes to be there: memory and CPU of an idle agent that
// holds 500 objects and of a hub with 500 idle agents; start-up, enrolment, restart, and how soon a dead agent shows.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startAgent, startCluster, startHub, startProgram, TestRepo, until } from '@muster/testing';
import { configMaps } from './support/config-maps.ts';
import { startFakeFleet } from './support/fake-fleet.ts';
import { commandOf, cpuMs, processTree, pssMb } from './support/process-usage.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { median, rounded } from './support/statistics.ts';
import { startStubAgent } from './support/stub-agent.ts';

const runFile = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../..');
const IDLE_MS = quick ? 5_000 : 180_000;
const IDLE_AGENTS = quick ? 50 : 500;

const agent = await idleAgent();
const hub = await hubFigures();
const demoReadyS = await demo();
const cliHelpMs = await cliHelp();

report(
  'footprint',
  { ...agent, ...hub, demoReadyS, cliHelpMs },
  {
    agentRssMb: atMost(90),
    agentIdleCpuPct: atMost(0.5),
    hubIdleRssMb: atMost(400),
    hubReadyS: atMost(5),
    demoReadyS: atMost(10),
    cliHelpMs: atMost(150),
    enrolS: atMost(2),
    agentRestartCurrentS: atMost(5),
    deadAgentShownS: atMost(45),
  },
  { objects: 500, idleAgents: IDLE_AGENTS, idleS: IDLE_MS / 1000, memory: 'PSS, PostgreSQL apart' },
);

async function idle(): Promise<void> {
  progress(`  idle for ${IDLE_MS / 1000} s`);
  await new Promise((done) => setTimeout(done, IDLE_MS));
}

async function idleAgent(): Promise<{ readonly agentRssMb: number; readonly agentIdleCpuPct: number }> {
  progress('an agent that holds 500 objects');
  const cluster = await startCluster();
  const it = await startStubAgent(cluster);
  try {
    it.hub.announce([{ name: 'idle', namespace: 'idle', objects: configMaps(500, 1024, 'idle') }]);
    await it.hub.status('idle', (status) => status.sync === 1);
    await idle();
    const { pid } = it.program();
    const [cpu, since] = [cpuMs(pid), performance.now()];
    await idle();
    const agentIdleCpuPct = rounded(((cpuMs(pid) - cpu) / (performance.now() - since)) * 100, 2);
    return { agentRssMb: rounded(pssMb(pid)), agentIdleCpuPct };
  } finally {
    await it.stop();
    await cluster.stop();
  }
}

async function hubFigures(): Promise<Record<string, number>> {
  progress('a hub');
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const repo = await TestRepo.create(join(folder, 'repo'));
  await repo.commit({ 'fleet.muster.yaml': '' }, 'Start');
  const started = performance.now();
  const hub = await startHub({ gitUrl: repo.path });
  const hubReadyS = rounded((performance.now() - started) / 1000, 2);
  const cluster = await startCluster();
  const fleet = startFakeFleet();
  try {
    const connected = (): Promise<boolean> =>
      hub.api.clusters('name=real').then(([it]) => it?.connected === true);
    const enrolling = performance.now();
    const real = await startAgent({ hub, name: 'real', kubeconfig: cluster.kubeconfig });
    await until('the enrolled agent', connected, (it) => it);
    const enrolS = rounded((performance.now() - enrolling) / 1000, 2);

    progress('an agent killed and started');
    const [before] = await hub.api.clusters('name=real');
    const restarting = performance.now();
    await real.kill();
    real.start();
    await until(
      'the restarted agent',
      () => hub.api.clusters('name=real'),
      ([it]) => it!.connected && it!.lastSeen! > before!.lastSeen! && it!.sync === 'Synced',
    );
    const agentRestartCurrentS = rounded((performance.now() - restarting) / 1000, 2);

    progress('an agent stopped with SIGSTOP');
    const stopping = performance.now();
    await real.program().kill('SIGSTOP');
    await until(
      'Unknown',
      () => hub.api.clusters('name=real'),
      ([it]) => it!.sync === 'Unknown',
      { timeoutMs: 90_000, everyMs: 100 },
    );
    const deadAgentShownS = rounded((performance.now() - stopping) / 1000, 1);
    await real.stop();

    progress(`${IDLE_AGENTS} idle agents`);
    const names = Array.from({ length: IDLE_AGENTS }, (_, index) => `idle-${index}`);
    await fleet.join(hub, names);
    await until(
      'all sessions',
      () => fleet.counts(),
      (it) => it.connected === IDLE_AGENTS,
      { timeoutMs: 120_000 },
    );
    await idle();
    const processes = processTree(hub.program().pid).filter((pid) => !commandOf(pid).includes('postgres'));
    const hubIdleRssMb = rounded(processes.reduce((sum, pid) => sum + pssMb(pid), 0));
    return { hubReadyS, enrolS, agentRestartCurrentS, deadAgentShownS, hubIdleRssMb };
  } finally {
    fleet.stop();
    await hub.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the start of the built demo, with empty state, until it says that five clusters are Healthy. */
async function demo(): Promise<number> {
  progress('the demo');
  const data = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const started = performance.now();
  const running = startProgram('demo', ['--data', data], { logFile: `${data}.log` });
  try {
    await until(
      'five Healthy clusters',
      () => running.log(),
      (log) => log.includes('Five clusters are'),
      { timeoutMs: 60_000 },
    );
    return rounded((performance.now() - started) / 1000, 2);
  } finally {
    await running.kill('SIGTERM');
    await rm(data, { recursive: true, force: true });
  }
}

async function cliHelp(): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < 11; time += 1) {
    const started = performance.now();
    await runFile(join(checkout, 'node_modules/.bin/muster'), ['--help']);
    taken.push(performance.now() - started);
  }
  return rounded(median(taken));
}
