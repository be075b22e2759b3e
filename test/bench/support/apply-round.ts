import { createKubeClient } from '@muster/kube';
import {
  type RawApply,
  rawApplies,
  startCluster,
  type StubBundle,
  type StubHub,
  type TestCluster,
} from '@muster/testing';
import { configMaps, nameOf } from './config-maps.ts';
import { marked } from './marked.ts';
import { peakRssMb, pssMb } from './process-usage.ts';
import { progress } from './report.ts';
import { type StubAgent, startStubAgent } from './stub-agent.ts';

const SIZE = 1024;
const BUNDLE = 'load';
/** All names are of one length, so that the objects of both sides are of one size. */
const RAW = [
  { namespace: 'raw-8', inFlight: 8 },
  { namespace: 'raw16', inFlight: 16 },
] as const;
const AGENT = 'agent';
/** What the agent has applied before, so that it is as warm as one that has run for a while; the raw side's server is as warm. */
const EARLIER = { name: 'earlier', namespace: 'earlier', count: 100 };

export const bytesEach = SIZE;

/** One comparison on a cluster of its own. */
export interface Round {
  /** The better of 8 and 16 requests in flight. */
  readonly rawS: number;
  readonly agentS: number;
  readonly peakMb: number;
  readonly restMb: number;
}

/** A fresh cluster with an agent that has nothing to do; both end with `measure`. */
export async function onFreshCluster<T>(
  flags: readonly string[],
  measure: (cluster: TestCluster, agent: StubAgent) => Promise<T>,
): Promise<T> {
  const cluster = await startCluster({ apiServerFlags: flags });
  try {
    await makeNamespaces(cluster);
    const agent = await startStubAgent(cluster);
    try {
      agent.hub.announce([earlier()]);
      await agent.hub.status(EARLIER.name, (status) => status.sync === 1);
      return await measure(cluster, agent);
    } finally {
      await agent.stop();
    }
  } finally {
    await cluster.stop();
  }
}

/** The two sides take turns at going first. `restMs`: after so long of doing nothing memory is looked at. */
export async function measureRound(objects: number, round: number, restMs: number): Promise<Round> {
  return onFreshCluster([], async (cluster, agent) => {
    let rawS = Infinity;
    let agentS = 0;
    for (const side of round % 2 === 0 ? ['agent', 'raw'] : ['raw', 'agent']) {
      if (side === 'agent') agentS = await announced(agent.hub, objects);
      else for (const one of RAW) rawS = Math.min(rawS, await raw(cluster, objects, one));
    }
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const { pid } = agent.program();
    progress(`  ${objects} objects: bare ${rawS.toFixed(3)} s, agent ${agentS.toFixed(3)} s`);
    return { rawS, agentS, peakMb: peakRssMb(pid), restMb: pssMb(pid) };
  });
}

/** From the announcement until the agent says Synced, which it does once its inventory is durable. */
export async function announced(hub: StubHub, count: number): Promise<number> {
  const objects = configMaps(count, SIZE, AGENT);
  const started = performance.now();
  hub.announce([earlier(), { name: BUNDLE, namespace: AGENT, objects }]);
  await hub.status(BUNDLE, (status) => status.sync === 1);
  return (performance.now() - started) / 1000;
}

function earlier(): StubBundle {
  const { name, namespace, count } = EARLIER;
  return { name, namespace, objects: configMaps(count, SIZE, namespace) };
}

async function raw(
  cluster: TestCluster,
  count: number,
  { namespace, inFlight }: (typeof RAW)[number],
): Promise<number> {
  const objects = configMaps(count, SIZE, namespace);
  const applies: RawApply[] = marked(objects, { namespace, bundle: BUNDLE }).map((body) => ({
    path: `/api/v1/namespaces/${namespace}/configmaps/${nameOf(body)}`,
    body,
  }));
  return (await rawApplies(cluster.config, applies, inFlight)).seconds;
}

async function makeNamespaces(cluster: TestCluster): Promise<void> {
  const kube = createKubeClient(cluster.config);
  const namespaces = (await kube.resourceFor('', 'v1', 'Namespace'))!;
  for (const name of [...RAW.map(({ namespace }) => namespace), AGENT, EARLIER.namespace]) {
    await kube.create(namespaces, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await kube.close();
}
