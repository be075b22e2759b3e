import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient, type KubeClient } from '@muster/kube';
import { readObjectHeader } from '@muster/manifest';
import {
  type AuditedRequest,
  type AuditLog,
  createAuditLog,
  startCluster,
  type TestCluster,
  until,
  type WebhookServer,
} from '@muster/testing';
import { agentRequests } from '../bench/support/audit.ts';
import { type StubAgent, startStubAgent } from '../bench/support/stub-agent.ts';
import { corpusNamespace, loadCorpus } from './load.ts';
import { injectCertificateAuthorities, startMutatingWebhooks } from './webhooks.ts';

const BUNDLE = 'corpus';
/** So long the API server must have been asked for no write by anybody before a cluster counts as settled. */
const QUIET_MS = 5_000;
const SYNCED_WITHIN_MS = 120_000;
/** Of the agent's own full checks: often, so that some come to pass while a test looks. */
const FULL_CHECK = '4s';

/** What became of the corpus once it was applied and left alone. */
export interface LeftAlone {
  readonly objects: number;
  readonly kinds: number;
  /** What the agent says is not as the manifest says, in its words; that something is not well is another matter. */
  readonly told: readonly string[];
  /** Objects that were applied again though nobody had changed them, from the moment on that all were synced. */
  readonly appliedAgain: readonly string[];
  /** Every write of the agent once the cluster had settled, its Lease apart. */
  readonly writes: readonly string[];
  readonly dryRuns: number;
  readonly fullChecks: number;
}

export interface LeaveAloneOptions {
  /** So many at least, before the agent is started anew and asked to sync. */
  readonly fullChecks: number;
  readonly progress?: (line: string) => void;
}

/**
 * Applies the corpus to a real cluster on which controllers and mutating webhooks run, lets that settle, and has the
 * agent check everything several times. Whatever it writes or tells then, it saw wrongly.
 */
export async function leaveCorpusAlone(options: LeaveAloneOptions): Promise<LeftAlone> {
  const audit = await createAuditLog();
  const cluster = await startCluster({
    controllerManager: true,
    scheduler: true,
    kwok: true,
    apiServerFlags: [...audit.flags, '--allow-privileged'],
  });
  const kube = createKubeClient(cluster.config, { userAgent: 'test' });
  const webhooks = await startMutatingWebhooks(cluster.config);
  const agent = await startStubAgent(cluster, ['--full-check', FULL_CHECK]);
  try {
    return await observe({ audit, cluster, kube, webhooks, agent, ...options });
  } finally {
    await agent.stop();
    await kube.close();
    await webhooks.stop();
    await cluster.stop();
    await audit.remove();
  }
}

interface Scene extends LeaveAloneOptions {
  readonly audit: AuditLog;
  readonly cluster: TestCluster;
  readonly kube: KubeClient;
  readonly webhooks: WebhookServer;
  readonly agent: StubAgent;
}

async function observe(scene: Scene): Promise<LeftAlone> {
  const { audit, agent, fullChecks, progress = () => undefined } = scene;
  const objects = await loadCorpus();
  agent.hub.announce([{ name: BUNDLE, namespace: corpusNamespace, objects }]);
  // Where an object is refused the bundle is never synced: then what it says instead is what is to be seen.
  const first = await Promise.race([
    agent.hub.status(BUNDLE, ({ sync }) => sync === 1),
    sleep(SYNCED_WITHIN_MS, undefined, { ref: false }).then(() => agent.hub.status(BUNDLE, () => true)),
  ]);
  const synced = Date.now();
  progress(`${objects.length} objects: ${first.reason} ${first.message}`);
  await settle(scene);

  const since = Date.now();
  await until(
    'the full checks',
    () => fullChecksSince(audit, since),
    (checks) => checks >= fullChecks,
    { timeoutMs: 60_000 + fullChecks * 30_000, everyMs: 500 },
  );
  progress(`${await fullChecksSince(audit, since)} full checks`);
  await agent.restart();
  const restarted = Date.now();
  await agent.hub.status(BUNDLE, ({ observedAtUnixMs }) => Number(observedAtUnixMs) >= restarted);
  await agent.hub.sync();
  await untilQuiet(audit);
  const last = await agent.hub.status(BUNDLE, () => true);
  const requests = await agentRequests(audit, 0);
  return {
    objects: objects.length,
    kinds: new Set(objects.map(kindOf)).size,
    told: last.objects
      .filter(({ reason }) => reason !== 'Unhealthy')
      .map(({ object, reason, message }) => `${object?.kind}/${object?.name}: ${reason} ${message}`),
    appliedAgain: [
      ...new Set(requests.filter((request) => request.at >= synced && isApply(request)).map(targetOf)),
    ],
    writes: requests.filter((request) => request.at >= since && isWrite(request)).map(targetOf),
    dryRuns: requests.filter(({ at, verb, isWrite: writes }) => at >= since && verb === 'patch' && !writes)
      .length,
    fullChecks: await fullChecksSince(audit, since),
  };
}

/** Controllers do what they do on creation, a person's tools inject certificates, and then nobody writes any more. */
async function settle({ audit, cluster, kube, webhooks, progress = () => undefined }: Scene): Promise<void> {
  const { caBundle } = webhooks.clientConfig('/');
  progress(`${await injectCertificateAuthorities(cluster.config, caBundle)} webhooks got their authority`);
  const deployments = (await kube.resourceFor('apps', 'v1', 'Deployment'))!;
  const key = { namespace: corpusNamespace, name: 'autoscaled' };
  await until(
    'the autoscaler',
    () => kube.get(deployments, key),
    ({ spec }) => (spec as { replicas?: number }).replicas === 2,
    { timeoutMs: 90_000 },
  );
  await until(
    'a Deployment whose pods run',
    () => kube.get(deployments, { namespace: corpusNamespace, name: 'minimal' }),
    ({ status }) => (status as { availableReplicas?: number }).availableReplicas === 1,
    { timeoutMs: 90_000 },
  );
  await untilQuiet(audit);
  progress('the cluster has settled');
}

/** Each lists every kind once: counted by one of which nobody asks anything else. */
async function fullChecksSince(audit: AuditLog, since: number): Promise<number> {
  const requests = await agentRequests(audit, since);
  return requests.filter(({ verb, resource }) => verb === 'list' && resource === 'persistentvolumes').length;
}

/** No writes of anybody but those that never end: Leases, and autoscalers without metrics, which tell that each time. */
async function untilQuiet(audit: AuditLog): Promise<void> {
  await until(
    'a cluster without writes',
    async () => {
      const writes = (await audit.requests()).filter(
        (request) =>
          request.isWrite && !['leases', 'events', 'horizontalpodautoscalers'].includes(request.resource),
      );
      return Date.now() - Math.max(...writes.map(({ at }) => at));
    },
    (quietMs) => quietMs >= QUIET_MS,
    { timeoutMs: 180_000, everyMs: 1_000 },
  );
}

const isWrite = ({ isWrite: writes, resource }: AuditedRequest): boolean => writes && resource !== 'leases';

const isApply = (request: AuditedRequest): boolean =>
  isWrite(request) &&
  request.verb === 'patch' &&
  request.status < 300 &&
  request.namespace !== 'muster-system';

const targetOf = ({ verb, group, resource, subresource, namespace, name }: AuditedRequest): string =>
  [verb, [group, resource, subresource].filter(Boolean).join('/'), namespace, name].filter(Boolean).join(' ');

function kindOf(bytes: Uint8Array): string {
  const header = readObjectHeader(bytes);
  if (!header.ok) throw new Error('an object of the corpus is none');
  return `${header.value.apiVersion} ${header.value.kind}`;
}
