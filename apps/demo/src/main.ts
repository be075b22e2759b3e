// `npm start`: a hub, a fleet repo and five clusters on this machine, to look at and to try things on.
// The hub, the agents and the CLI are the real ones; only the clusters are simulated.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { colours } from './colours.ts';
import { startAgents } from './agents.ts';
import { type DemoArguments, readArguments, usage } from './arguments.ts';
import { startClusters } from './clusters.ts';
import { demoFolders } from './folders.ts';
import { HubApi } from './hub-api.ts';
import { keep, type Keeper } from './keeper.ts';
import { sampleClusters } from './sample-clusters.ts';
import { prepareRepo } from './sample-repo.ts';
import { ClusterScreen, isGood } from './screen.ts';
import { printTour, tourStops } from './tour.ts';
import { watchFleet } from './watch-fleet.ts';

const { bold, green, red, yellow, dim } = colours;
const HUB_RESTART_AFTER_MS = 20_000;
const checkout = resolve(import.meta.dirname, '../../..');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function demo(given: DemoArguments, stopped: AbortSignal): Promise<void> {
  const started = performance.now();
  const folders = demoFolders(given.data);
  const api = new HubApi(`http://127.0.0.1:${given.httpPort}`, join(folders.hub, 'admin-token'));
  if (await api.ready()) throw new Error(anotherHub(given.httpPort));
  const pidFile = join(folders.base, 'hub.pid');
  if (given.fresh) {
    if (await isRunning(pidFile)) throw new Error(`A demo is at work on ${folders.base}: stop it first.`);
    await rm(folders.base, { recursive: true, force: true });
  }
  await mkdir(folders.logs, { recursive: true });
  await using running = new AsyncDisposableStack();

  say(`${bold('Muster')} with five ${bold('simulated')} clusters; its state is in ${folders.base}`);
  await prepareRepo(folders.repo, join(checkout, 'examples/fleet'));
  // The hub before the clusters: it refuses a folder that another demo is at work on, whose clusters these are.
  const hub = await keep({
    name: 'The hub',
    program: join(checkout, 'apps/hub/dist/hub.js'),
    args: hubArguments(given, folders.hub, folders.repo),
    logFile: join(folders.logs, 'hub.log'),
    restartAfterMs: HUB_RESTART_AFTER_MS,
    isReady: () => api.ready(),
    onReady: async (pid, isFirst) => {
      await writeFile(pidFile, String(pid));
      if (!isFirst) say(green('✓ The hub is back.'));
    },
    onEnded: () => {
      const restart = `it starts again in ${HUB_RESTART_AFTER_MS / 1000} s`;
      say(yellow(`! The hub has ended. The agents go on without it; ${restart}.`));
      return true;
    },
  });
  running.defer(async () => {
    await hub.stop();
    await rm(pidFile, { force: true });
  });
  const clusters = await startClusters(folders);
  running.defer(() => Promise.all(clusters.map((cluster) => cluster.stop())).then(() => undefined));
  say(
    `${green('✓')} The hub answers at http://127.0.0.1:${given.httpPort} ${dim(`(${seconds(started)} s)`)}`,
  );

  const agents = await startAgents(
    api,
    join(checkout, 'apps/agent/dist/agent.js'),
    folders,
    `127.0.0.1:${given.enrolmentPort}`,
    {
      ended: (cluster, seconds) =>
        say(yellow(`! The agent of ${cluster} has ended. It starts again in ${seconds} s.`)),
      removed: (cluster) =>
        say(yellow(`! ${cluster} was removed: its agent has ended. It joins anew with the next npm start.`)),
    },
  );
  running.defer(() => stopAll(agents));
  await untilGood(api, stopped);
  if (stopped.aborted) return;
  say(`${green('✓')} Five clusters are Synced and Healthy ${dim(`(${seconds(started)} s)`)}`);

  printTour(tourStops(folders, pidFile, checkout));
  await watchFleet(
    api,
    {
      revision: (revision) => {
        const title = `${revision.sha.slice(0, 8)} "${revision.message.split('\n')[0] ?? ''}"`;
        if (revision.state === 'Good') return say(`• ${title}`);
        say(red(`✗ ${title} is refused; nothing changes:`));
        for (const problem of revision.problems) {
          say(
            `    ${problem.file}:${problem.line ?? 1}:${problem.column ?? 1} ${problem.field && `${problem.field}: `}${problem.message}`,
          );
        }
      },
      arrived: (_revision, count, took) =>
        say(green(`  ✓ ${count} of ${count} targeted clusters in ${took.toFixed(1)} s`)),
      unchanged: () => say(green('  ✓ nothing is different on any cluster')),
    },
    stopped,
  );
}

function anotherHub(port: number): string {
  return (
    `A hub answers at http://127.0.0.1:${port} already: this demo in another terminal, perhaps. Stop it, ` +
    'or choose another --data, --http-port, --session-port and --enrolment-port.'
  );
}

async function isRunning(pidFile: string): Promise<boolean> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function hubArguments(given: DemoArguments, data: string, repo: string): string[] {
  return [
    ...['--data', data, '--git-url', repo],
    ...['--http-port', String(given.httpPort)],
    ...['--session-port', String(given.sessionPort)],
    ...['--enrolment-port', String(given.enrolmentPort)],
  ];
}

async function untilGood(api: HubApi, stopped: AbortSignal): Promise<void> {
  const screen = new ClusterScreen();
  for (;;) {
    const clusters = await api.clusters();
    screen.draw(clusters);
    if (clusters.filter(isGood).length >= sampleClusters.length || stopped.aborted) return;
    await new Promise((next) => setTimeout(next, 100));
  }
}

async function stopAll(kept: readonly Keeper[]): Promise<void> {
  await Promise.all(kept.map((it) => it.stop()));
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) {
      // A terminal that closes says so after Ctrl-C too, and means nothing by it.
      if (signal === 'SIGHUP') return;
      process.exit(1);
    }
    say('\nStopping; press Ctrl-C again to leave at once.');
    stop.abort();
  });
}
try {
  const given = readArguments(process.argv.slice(2));
  if (given === 'help') process.stdout.write(usage);
  else await demo(given, stop.signal);
} catch (error) {
  process.stderr.write(`${red('✗')} ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
