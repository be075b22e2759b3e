import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { Kubectl, TestCluster } from '../src/index.ts';
import { AgentProcess, eventually } from './agent-process.ts';
import { everydayObjects, surroundings } from './everyday-objects.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']);

const makers: readonly (readonly [string, readonly string[]])[] = [
  ['kubectl apply', ['apply', '-f', '-']],
  ['kubectl apply --server-side', ['apply', '--server-side', '-f', '-']],
  ['Helm', ['create', '--field-manager=helm', '-f', '-']],
];

/** With the manifest that made them, objects of every kind stay exactly as they are. */
describe.skipIf(why !== undefined)('taking everyday objects over', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubectl: Kubectl;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubectl = await kubectlOf(cluster);
    await kubectl(['apply', '-f', '-'], { input: { apiVersion: 'v1', kind: 'List', items: surroundings } });
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });

  it.each(makers)('that came by %s changes nothing in them', async (_, args) => {
    const namespace = `from-${args.join('-').replaceAll(/[^a-z]+/g, '-')}x`;
    await kubectl(['create', 'namespace', namespace]);
    const items = everydayObjects(namespace);
    await kubectl(args, { input: { apiVersion: 'v1', kind: 'List', items } });
    const look = (): Promise<readonly string[]> =>
      Promise.all(
        items.map(async ({ kind, metadata: { name } }) => {
          const text = await kubectl(['get', kind, name, '-n', namespace, '-o', 'json']);
          return withoutNotes(JSON.parse(text) as KubeObject);
        }),
      );
    const before = await look();
    const agent = await AgentProcess.on(cluster.kubeconfig);
    try {
      agent.start();
      await agent.say({ assignments: [{ bundle: 'shop', namespace, objects: items }] });
      await agent.untilSynced('shop');
      expect(await look()).toEqual(before);
      await agent.say({ assignments: [] });
      await eventually(
        () => agent.statuses(),
        (statuses) => statuses.every((status) => status.gone),
      );
      expect(await look()).toEqual(before);
    } finally {
      await agent.stop();
    }
  });
});

/** All but what says who wrote it and when, and what controllers report. */
function withoutNotes({ metadata, status: _, ...rest }: KubeObject): string {
  const {
    managedFields: __,
    resourceVersion: ___,
    generation: ____,
    labels,
    annotations,
    ...meta
  } = metadata;
  const isNote = (key: string): boolean => /^(muster\.dev|kubectl\.kubernetes\.io)\//.test(key);
  const kept = (values: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !isNote(key)));
  return JSON.stringify({ ...meta, labels: kept(labels), annotations: kept(annotations), ...rest }, null, 1);
}
