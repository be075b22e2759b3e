import { createKubeClient } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually, fleet } from './agent-process.ts';
import { configMaps, forgetAgent } from './agent-traces.ts';
import { job, jobs, PlayedKubelet } from './played-kubelet.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager']);

const annotated = (annotations: Record<string, string>) => ({ annotations });
const hook = (phase: string, more: Record<string, string> = {}) => ({ 'muster.dev/hook': phase, ...more });
const before = [
  configMap('old', '1', annotated({ 'muster.dev/wave': '1' })),
  configMap('web', '1'),
  configMap('probe', '1', annotated(hook('PreSync'))),
];
/** A hook that is made anew, a Job, two waves, an object that leaves, a hook that is removed when it ended. */
const after = [
  configMap('probe', '1', annotated(hook('PreSync', { 'muster.dev/wave': '-1' }))),
  job('migrate', hook('PreSync')),
  configMap('web', '2'),
  configMap('late', '1', annotated({ 'muster.dev/wave': '1' })),
  configMap('smoke', '1', annotated(hook('PostSync', { 'muster.dev/hook-delete-policy': 'HookSucceeded' }))),
];

/** The runner counts its steps: the agent is killed before and after each, and at every write of its state. */
describe.skipIf(why !== undefined)('a plan with waves and hooks (invariant 3)', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubelet: PlayedKubelet;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubelet = await PlayedKubelet.on(cluster, kube);
  });
  afterAll(async () => {
    await kubelet?.stop();
    await kube?.close();
    await cluster?.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
  });
  afterEach(async () => {
    await agent.stop();
    for (const { metadata } of (await ourJobs()).items)
      await kube.delete(
        jobs,
        { namespace: metadata.namespace!, name: metadata.name },
        { propagation: 'Background' },
      );
    await eventually(ourJobs, (left) => left.items.length === 0);
    await forgetAgent(kube);
  });

  const ourJobs = () => kube.list(jobs, { labelSelector: `muster.dev/fleet=${fleet}` });
  const ours = async (): Promise<string[]> =>
    (await kube.list(configMaps, { labelSelector: `muster.dev/fleet=${fleet}` })).items
      .map((item) => item.metadata.name)
      .sort();
  const say = (generation: number, objects: object[]) =>
    agent.say({
      generation,
      assignments: [{ bundle: 'shop', namespace: 'shop', objects }],
      deletionConsents: ['shop'],
    });

  /** Every object that there was of a kind, by uid, and when it was first seen. */
  function witness(stop: AbortSignal): Map<string, string> {
    const seen = new Map<string, string>();
    for (const resource of [configMaps, jobs])
      void (async () => {
        const events = kube.follow(resource, {
          labelSelector: `muster.dev/fleet=${fleet}`,
          signal: stop,
        });
        for await (const event of events) {
          const objects =
            event.type === 'LISTED' ? event.items : event.type === 'CHANGED' ? [event.object] : [];
          for (const { metadata } of objects) seen.set(metadata.uid!, metadata.name);
        }
      })().catch(() => undefined);
    return seen;
  }

  const upTo = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${name}:${n + 1}`);
  const places = [
    ...upTo('step-begun', 1),
    ...upTo('step-ended', 8),
    ...upTo('intents-written', 4),
    ...upTo('before-inventory', 2),
    ...upTo('inventory-written', 2),
  ];

  it.each(places)(
    'ends as it should, each hook run once, though its agent is killed at %s',
    async (crashAt) => {
      agent.start();
      await say(1, before);
      await agent.untilSynced('shop', 1);
      await agent.kill();
      const stop = new AbortController();
      const seen = witness(stop.signal);
      const playing = kubelet.end('shop', 'migrate', 'Succeeded').catch(() => undefined);
      try {
        await eventually(
          async () => seen.size,
          (count) => count >= 3,
        );
        await say(2, after);
        agent.start({ crashAt });
        const died = agent.ended().then(
          () => 'died' as const,
          () => 'lived' as const,
        );
        const synced = agent.untilSynced('shop', 2).then(
          () => 'lived' as const,
          () => 'died' as const,
        );
        if ((await Promise.race([died, synced])) === 'died') agent.start();
        await agent.untilSynced('shop', 2);
        await playing;
        // The bundle is Synced when its last hook has ended; what that leaves goes after.
        await eventually(ours, (names) => names.join(' ') === 'late probe web');
        // A watch tells in order: whoever heard of this heard of all before, and a Job made since would be another.
        await kube.create(configMaps, 'shop', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'end', namespace: 'shop', labels: { 'muster.dev/fleet': fleet } },
        });
        await eventually(
          async () => [...seen.values()].includes('end'),
          (isSeen) => isSeen,
        );
        for (const { metadata } of (await ourJobs()).items) expect(seen.has(metadata.uid!)).toBe(true);
        const made = [...seen.values()].sort();
        // Of the former manifest: old, web, and the former probe.
        expect(made).toEqual(['end', 'late', 'migrate', 'old', 'probe', 'probe', 'smoke', 'web'].sort());
      } finally {
        stop.abort();
      }
    },
  );
});
