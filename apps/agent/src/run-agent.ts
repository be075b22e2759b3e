import { createKubeClient, loadKubeConfig } from '@muster/kube';
import { randomUUID } from 'node:crypto';
import { checkpointFrom } from './checkpoint.ts';
import type { AgentConfig } from './config.ts';
import { ClusterCore } from './core/agent-core.ts';
import { knownFeatures } from './core/bundles.ts';
import { FullCheck } from './core/full-check.ts';
import { Kinds } from './core/kinds.ts';
import { Reconciler } from './core/reconciler.ts';
import { Scope } from './core/scope.ts';
import { createFileLink } from './file-link/file-link.ts';
import { createHubLink } from './hub-link/index.ts';
import type { TokenOptions } from './hub-link/index.ts';
import { serveHealth } from './health.ts';
import type { HubLink } from './hub-port.ts';
import { givenJoinToken } from './join-token.ts';
import type { GivenToken } from './join-token.ts';
import type { KubeClient } from '@muster/kube';
import { currentHolder } from './lease/holder.ts';
import { Lease } from './lease/lease.ts';
import { createLog, errorText } from './log.ts';
import type { Log } from './log.ts';
import { MemoryKeeper } from './memory.ts';
import { ClusterState } from './state/cluster-state.ts';
import { StatusBook } from './status/book.ts';
import { persist } from './trouble.ts';

/** How an agent ended: told to, removed from its fleet, or by an error that a restart may mend. */
export type AgentEnd = { readonly cause: 'stopped' } | { readonly cause: 'removed'; readonly reason: string };

/** For the writes at once, those that hang, and looking meanwhile. */
const connections = 36;
/**
 * Runs an agent until the signal aborts or its hub says that the cluster was removed. Rejects when it cannot go on
 * (another agent took the cluster, the state cannot be read, there is no identity): a supervisor starts it again.
 */
export async function runAgent(config: AgentConfig, signal: AbortSignal): Promise<AgentEnd> {
  const log = createLog(config.logLevel, process.stderr.isTTY);
  const health = config.healthAddress && (await serveHealth(config.healthAddress));
  try {
    return await runHealthy(config, log, signal);
  } finally {
    await health?.close();
  }
}

async function runHealthy(config: AgentConfig, log: Log, signal: AbortSignal): Promise<AgentEnd> {
  const kubeConfig = await loadKubeConfig({ ...config.kubeconfig });
  const kube = createKubeClient(kubeConfig, { connections });
  // Of its own: renewals must never queue behind applies.
  const leaseKube = createKubeClient(kubeConfig, { connections: 2, timeoutMs: 5_000 });
  const stop = new AbortController();
  const outer = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', outer, { once: true });
  if (signal.aborted) outer();
  const lease = new Lease(leaseKube, await currentHolder(config.podUid), log);
  try {
    await lease.acquire(stop.signal);
    log.info('this agent holds the cluster');
    return await whileHolding(config, kube, lease, log, stop);
  } catch (error) {
    if (signal.aborted) return { cause: 'stopped' };
    throw error;
  } finally {
    signal.removeEventListener('abort', outer);
    await lease.release();
    await Promise.all([leaseKube.close(), kube.close()]);
  }
}

async function whileHolding(
  config: AgentConfig,
  kube: KubeClient,
  lease: Lease,
  log: Log,
  stop: AbortController,
): Promise<AgentEnd> {
  const { signal } = stop;
  let removed: string | undefined;
  let failure: Error | undefined;
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
    stop.abort(error);
  };
  const keeping = lease.keep(signal).catch((error: unknown) => {
    if (!signal.aborted) fail(error);
  });
  const onRemoved = (reason: string): void => {
    removed = reason;
    stop.abort();
  };
  try {
    await work({ config, kube, lease, log, signal, fail, onRemoved });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
    await keeping;
  }
  if (failure !== undefined) throw failure;
  return removed === undefined ? { cause: 'stopped' } : { cause: 'removed', reason: removed };
}

interface Work {
  readonly config: AgentConfig;
  readonly kube: KubeClient;
  readonly lease: Lease;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly onRemoved: (reason: string) => void;
}

async function work({ config, kube, lease, log, signal, fail, onRemoved }: Work): Promise<void> {
  const checkpoint = checkpointFrom(config.crashAt, () => process.kill(process.pid, 'SIGKILL'));
  const state = new ClusterState(kube, checkpoint, () => lease.mayWrite());
  const load = () => state.load(signal);
  const inventory = await persist("cannot read the agent's state", load, { log, signal });
  const kinds = new Kinds(kube);
  const statuses = new StatusBook();
  const memory = new MemoryKeeper();
  const reconciler = new Reconciler({
    kube,
    state,
    inventory,
    lease,
    kinds,
    statuses,
    checkpoint,
    memory,
    log,
    scope: new Scope(config.namespaces),
    onFatal: fail,
  });
  const core = new ClusterCore({ kube, state, kinds, reconciler, statuses, log, onRemoved });
  core.resume();
  // The start itself left garbage: lists, packs, the program's own set-up.
  memory.workDone();
  const fullCheck = new FullCheck({
    intervalMs: config.fullCheckMs,
    kinds: () => reconciler.watchedKinds,
    check: () => reconciler.checkAll().catch((error) => log.warn(`a full check failed: ${errorText(error)}`)),
    random: Math.random,
  });
  try {
    const link = await linkFor(config, kube, log, signal);
    await link.run(core, signal);
  } finally {
    fullCheck.stop();
    memory.stop();
    await reconciler.stop();
  }
}

async function linkFor(
  config: AgentConfig,
  kube: KubeClient,
  log: Log,
  signal: AbortSignal,
): Promise<HubLink> {
  if (config.desiredState !== undefined) {
    return createFileLink({ path: config.desiredState, statusPath: config.statusFile, log });
  }
  const token = await givenJoinToken(config, kube, log, signal);
  return createHubLink({
    kube,
    clusterName: config.clusterName ?? '',
    agentVersion: config.agentVersion,
    instance: randomUUID(),
    features: [...knownFeatures],
    log,
    ...(config.hub ? { enrolmentAddress: config.hub } : {}),
    ...(config.hubSession ? { sessionAddress: config.hubSession } : {}),
    ...tokenOptions(token),
    newToken: async () => tokenOptions(await givenJoinToken(config, kube, log, signal)),
  });
}

function tokenOptions(token: GivenToken | undefined): TokenOptions {
  return token ? { joinToken: token.text, onTokenNeedless: token.forget } : {};
}
