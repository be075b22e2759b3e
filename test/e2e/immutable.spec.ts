import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { Kubectl, TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import type { ToldStatus } from './agent-process.ts';
import { forgetAgent } from './agent-traces.ts';
import {
  claim,
  deployment,
  job,
  replaceable,
  roleBinding,
  service,
  statefulSet,
} from './workload-objects.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']);

describe.skipIf(why !== undefined)('an apply that would change an immutable field', () => {
  let cluster: TestCluster;
  let kube: KubeClient;
  let kubectl: Kubectl;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    kube = createKubeClient(cluster.config);
    kubectl = await kubectlOf(cluster);
  });
  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    agent = await AgentProcess.on(cluster.kubeconfig);
    await kubectl(['create', 'namespace', 'shop']);
  });
  afterEach(async () => {
    await agent.stop();
    await forgetAgent(kube);
    await kubectl(['delete', 'namespace', 'shop', '--wait=true', '--now']);
  });

  const shop = (objects: readonly object[]) =>
    agent.say({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
  const live = async (kind: string, name = 'a'): Promise<KubeObject> =>
    JSON.parse(await kubectl(['get', kind, name, '-n', 'shop', '-o', 'json'])) as KubeObject;
  const synced = (): Promise<ToldStatus> => agent.untilSynced('shop');
  const refused = (reason: string): Promise<ToldStatus> =>
    agent.until('shop', (status) => status.objects.some((object) => object.reason === reason));
  const messageOf = (status: ToldStatus, name = 'a'): string =>
    status.objects.find(({ object }) => object.name === name)?.message ?? '';

  it.each([
    ['deployment', deployment(), deployment({}, 'b'), 'spec.selector'],
    ['job', job('one'), job('two'), 'spec.template'],
    ['service', service('10.0.0.77'), service('10.0.0.78'), 'spec.clusterIPs[0]'],
    [
      'configmap',
      { ...configMap('a'), immutable: true },
      { ...configMap('a', '2'), immutable: true },
      'data',
    ],
    ['rolebinding', roleBinding('one'), roleBinding('two'), 'roleRef'],
  ])(
    'of a %s names it, and replaces the object only where it asks for that',
    async (kind, one, two, field) => {
      agent.start();
      await shop([one]);
      await synced();
      const before = await live(kind);
      await shop([two]);
      const status = await refused('Immutable');
      expect(messageOf(status)).toContain(`${field} cannot be changed on a live ${before.kind}`);
      expect(messageOf(status)).toContain('muster.dev/replace: "true"');
      expect((await live(kind)).metadata.uid).toBe(before.metadata.uid);
      await shop([replaceable(two)]);
      await synced();
      expect((await live(kind)).metadata.uid).not.toBe(before.metadata.uid);
      await agent.say({ assignments: [{ bundle: 'shop', objects: [] }], deletionConsents: ['shop'] });
      await eventually(
        () => live(kind).catch(() => undefined),
        (it) => it === undefined,
      );
    },
  );

  it.each([
    ['statefulset', statefulSet('one'), statefulSet('two'), 'spec.serviceName'],
    ['persistentvolumeclaim', claim('ReadWriteOnce'), claim('ReadWriteMany'), 'spec.accessModes'],
  ])('replaces a %s only with consent as well', async (kind, one, two, field) => {
    agent.start();
    await shop([one]);
    await synced();
    const before = await live(kind);
    await shop([replaceable(two)]);
    const status = await refused('Immutable');
    expect(messageOf(status)).toContain(`${field} cannot be changed`);
    expect(messageOf(status)).toContain('muster allow-delete shop');
    expect((await live(kind)).metadata.deletionTimestamp).toBeUndefined();
    await agent.say({
      assignments: [{ bundle: 'shop', namespace: 'shop', objects: [replaceable(two)] }],
      deletionConsents: ['shop'],
    });
    await synced();
    expect((await live(kind)).metadata.uid).not.toBe(before.metadata.uid);
  });

  it.each(['before-delete:1', 'after-delete:1', 'intents-written:2', 'before-apply:3', 'after-apply:2'])(
    'replaces an object all the same when the agent is killed at %s',
    async (crashAt) => {
      agent.start({ crashAt });
      await shop([deployment()]);
      await synced();
      const before = await live('deployment');
      await shop([replaceable(deployment({}, 'b'))]);
      expect(await agent.ended()).toBe('SIGKILL');
      agent.start();
      await eventually(
        () => live('deployment').catch(() => undefined),
        (it) => it !== undefined && it.metadata.uid !== before.metadata.uid,
      );
      await agent.say({ assignments: [], deletionConsents: ['shop'] });
      await eventually(
        () => live('deployment').catch(() => undefined),
        (it) => it === undefined,
      );
    },
  );

  it('replaces nothing where something else is wrong with the new object as well', async () => {
    agent.start();
    await shop([deployment()]);
    await synced();
    const before = await live('deployment');
    await shop([replaceable(deployment({ replicas: -1 }, 'b'))]);
    await refused('Refused');
    expect((await live('deployment')).metadata.uid).toBe(before.metadata.uid);
  });
});
