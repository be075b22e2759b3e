// What a fleet costs the hub: agents that speak the protocol, fetch and verify every byte and acknowledge without a
// cluster; 50 bundles of 5 objects to all of them. From the commit until every cluster is Synced; then a commit that
// changes one bundle; then the hub killed and started: all sessions live, all statuses fresh.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub, type TestHub, TestRepo, until } from '@muster/testing';
import { type FakeFleet, startFakeFleet } from './support/fake-fleet.ts';
import { commandOf, cpuMs, processTree, pssMb } from './support/process-usage.ts';
import { atMost, progress, quick, report } from './support/report.ts';
import { median, rounded } from './support/statistics.ts';

const BUNDLES = 50;
const OBJECTS = 5;
const SIZES = quick ? [20, 50, 100] : [50, 150, 500];
const LARGEST = SIZES.at(-1)!;
/** Of each size, on a fresh hub: the slope is a ratio of differences, which one run says little of. */
const ROUNDS = quick ? 1 : 3;
const IDLE_MS = quick ? 5_000 : 120_000;
const MANY = { timeoutMs: 180_000, everyMs: 50 };

interface Measured {
  readonly allSyncedS: number;
  readonly hubCpuMs: number;
  readonly oneChangedS: number;
  readonly restartS: number;
  readonly rssMb: number;
  readonly agentsCpuMs: number;
}

const measured: Measured[] = [];
for (const size of SIZES) {
  const rounds: Measured[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${size} agents, round ${round} of ${ROUNDS}`);
    rounds.push(await measure(size, size === LARGEST && round === ROUNDS));
  }
  measured.push(medians(rounds));
}

const [small, middle, large] = measured as [Measured, Measured, Measured];
const marginal = (from: number, to: number): number =>
  (measured[to]!.allSyncedS - measured[from]!.allSyncedS) / (SIZES[to]! - SIZES[from]!);
report(
  'fleet',
  {
    [`allSyncedS${LARGEST}`]: rounded(large.allSyncedS, 2),
    hubCpuMsPerAssignment: rounded(large.hubCpuMs / (LARGEST * BUNDLES), 3),
    [`oneChangedS${LARGEST}`]: rounded(large.oneChangedS, 2),
    growthSlope: rounded(marginal(1, 2) / marginal(0, 1), 2),
    [`hubRssMb${LARGEST}`]: rounded(large.rssMb),
    [`restartConvergedS${LARGEST}`]: rounded(large.restartS, 2),
    [`allSyncedS${SIZES[0]}`]: rounded(small.allSyncedS, 2),
    [`allSyncedS${SIZES[1]}`]: rounded(middle.allSyncedS, 2),
    agentsCpuMsPerAssignment: rounded(large.agentsCpuMs / (LARGEST * BUNDLES), 3),
  },
  {
    allSyncedS500: atMost(40),
    hubCpuMsPerAssignment: atMost(1),
    oneChangedS500: atMost(2),
    growthSlope: atMost(1.2),
    hubRssMb500: atMost(500),
    restartConvergedS500: atMost(10),
  },
  {
    agents: SIZES,
    bundles: BUNDLES,
    objectsPerBundle: OBJECTS,
    rounds: ROUNDS,
    idleS: IDLE_MS / 1000,
    agentsAre: 'fake, one process',
  },
);

function medians(rounds: readonly Measured[]): Measured {
  const of = (figure: keyof Measured): number => median(rounds.map((round) => round[figure]));
  return {
    allSyncedS: of('allSyncedS'),
    hubCpuMs: of('hubCpuMs'),
    oneChangedS: of('oneChangedS'),
    restartS: of('restartS'),
    agentsCpuMs: of('agentsCpuMs'),
    rssMb: Math.max(...rounds.map((round) => round.rssMb)),
  };
}

async function measure(size: number, alsoIdle: boolean): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const repo = await TestRepo.create(join(folder, 'repo'));
  await repo.commit({ 'fleet.muster.yaml': '' }, 'Start');
  const hub = await startHub({ gitUrl: repo.path });
  const fleet = startFakeFleet();
  try {
    const names = Array.from({ length: size }, (_, index) => `fake-${String(index).padStart(4, '0')}`);
    await fleet.join(hub, names);
    await until(
      'all sessions',
      () => fleet.counts(),
      (it) => it.connected === size,
      MANY,
    );

    const before = await cpuOf(hub, fleet);
    const allSyncedS = await committed(hub, repo, fleetFiles('first'), size);
    const after = await cpuOf(hub, fleet);
    progress(`  all Synced in ${allSyncedS.toFixed(2)} s`);
    const oneChangedS = await committed(hub, repo, bundleFiles(7, 'second'), size);
    progress(`  one bundle changed in ${oneChangedS.toFixed(2)} s`);
    const restartS = await restart(hub, size);
    progress(`  restarted in ${restartS.toFixed(2)} s`);
    const rssMb = alsoIdle ? await idleMemory(hub) : 0;
    return {
      allSyncedS,
      hubCpuMs: after.hub - before.hub,
      oneChangedS,
      restartS,
      rssMb,
      agentsCpuMs: after.agents - before.agents,
    };
  } finally {
    fleet.stop();
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function fleetFiles(salt: string): Record<string, string> {
  return Object.assign(
    {},
    ...Array.from({ length: BUNDLES }, (_, index) => bundleFiles(index, salt)),
  ) as Record<string, string>;
}

function bundleFiles(index: number, salt: string): Record<string, string> {
  const name = `bundle-${index}`;
  const objects = Array.from(
    { length: OBJECTS },
    (_, object) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}-${object}}\ndata: {value: "${salt} ${name} ${object} ${'x'.repeat(800)}"}\n`,
  );
  return {
    [`${name}/muster.yaml`]: `apiVersion: muster.dev/v1alpha1
kind: Bundle
metadata: {name: ${name}}
spec:
  namespace: ${name}
  source: {manifests: {path: ./manifests}}
  targets: [{clusterSelector: {matchLabels: {kind: fake}}}]
`,
    [`${name}/manifests/objects.yaml`]: objects.join('---\n'),
  };
}

/** From the hub's being told of the commit until every cluster is Synced at what the commit says. */
async function committed(
  hub: TestHub,
  repo: TestRepo,
  files: Record<string, string>,
  size: number,
): Promise<number> {
  const sha = await repo.commit(files);
  const started = performance.now();
  await hub.api.call('POST', 'sync', {});
  await until(
    'the resolved commit',
    () => hub.api.revisions(`sha=${sha}`),
    ([it]) => it?.state === 'Good',
    MANY,
  );
  await until(
    'all Synced',
    () => hub.api.status(),
    (it) =>
      it.clusters.total === size &&
      it.clusters.sync.Synced === size &&
      it.assignments.sync.Synced === size * BUNDLES,
    MANY,
  );
  return (performance.now() - started) / 1000;
}

async function restart(hub: TestHub, size: number): Promise<number> {
  const started = performance.now();
  await hub.kill();
  await hub.start();
  await until(
    'all fresh',
    () => hub.api.status(),
    (it) => it.clusters.connected === size && it.assignments.sync.Synced === size * BUNDLES,
    MANY,
  );
  return (performance.now() - started) / 1000;
}

/** The hub, its render workers and its database. */
async function cpuOf(
  hub: TestHub,
  fleet: FakeFleet,
): Promise<{ readonly hub: number; readonly agents: number }> {
  const processes = processTree(hub.program().pid);
  return { hub: processes.reduce((sum, pid) => sum + cpuMs(pid), 0), agents: (await fleet.counts()).cpuMs };
}

/** PostgreSQL apart. */
async function idleMemory(hub: TestHub): Promise<number> {
  progress(`  idle for ${IDLE_MS / 1000} s`);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const processes = processTree(hub.program().pid).filter((pid) => !commandOf(pid).includes('postgres'));
  return processes.reduce((sum, pid) => sum + pssMb(pid), 0);
}
