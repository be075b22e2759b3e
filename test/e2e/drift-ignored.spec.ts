import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlOf, startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, eventually } from './agent-process.ts';
import { defineWidgets, widget, widgets } from './drift-widgets.ts';

const why = await whyNoClusters(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']);

const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  verbs: [],
};
const webhookConfigurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
  verbs: [],
};

function deployment(replicas: number, image = 'registry.example.com/web:1'): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  };
}

/** Without metrics an autoscaler still keeps to its bounds: it is what moves the replicas here. */
function autoscaler(minReplicas: number): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      minReplicas,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  };
}

const ca = (text: string) => Buffer.from(text).toString('base64');

function webhooks(failurePolicy: string): object {
  const hook = (name: string) => ({
    name,
    failurePolicy,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    clientConfig: { url: 'https://127.0.0.1:1/', caBundle: ca('placeholder') },
    rules: [
      { apiGroups: ['nobody.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] },
    ],
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [hook('a.example.com'), hook('b.example.com')],
  };
}

describe.skipIf(why !== undefined)('differences that a bundle ignores', () => {
  let cluster: TestCluster;
  let somebody: KubeClient;
  let agent: AgentProcess;
  let generation = 0;

  beforeAll(async () => {
    cluster = await startCluster({ controllerManager: true });
    somebody = createKubeClient(cluster.config, { fieldManager: 'cainjector' });
    await defineWidgets(somebody);
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await somebody.close();
    await cluster.stop();
  });

  const key = (name: string) => ({ namespace: 'shop', name });
  const say = (policy: Policy, ...objects: object[]) =>
    agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'shop', namespace: 'shop', policy, objects }],
    });
  const replicasOf = (object: KubeObject) => (object['spec'] as { replicas?: number }).replicas;
  const web = () => somebody.get(deployments, key('web'));
  const settled = () => agent.untilSynced('shop', generation);

  describe('replicas that an autoscaler sets', () => {
    const policy: Policy = {
      ignoreDifferences: [{ target: { kind: 'Deployment' }, fields: ['/spec/replicas'] }],
    };

    it('are those of the manifest when the object is made', async () => {
      await say(policy, deployment(1));
      await settled();
      expect(replicasOf(await web())).toBe(1);
    });

    it('stay as the autoscaler sets them, and the bundle is Synced', async () => {
      await say(policy, deployment(1), autoscaler(3));
      await eventually(web, (object) => replicasOf(object) === 3, 60_000);
      await settled();
      // Another field of ours is corrected without the replicas going back.
      await somebody.mergePatch(deployments, key('web'), {
        metadata: { labels: { 'muster.dev/bundle': 'x' } },
      });
      await eventually(web, (object) => object.metadata.labels?.['muster.dev/bundle'] === 'shop');
      expect(replicasOf(await web())).toBe(3);
    }, 90_000);

    it('stay when the manifest changes, its replicas included', async () => {
      await say(policy, deployment(2, 'registry.example.com/web:2'), autoscaler(3));
      await eventually(web, (object) => JSON.stringify(object).includes('web:2'));
      await settled();
      expect(replicasOf(await web())).toBe(3);
      const owners = (await web()).metadata.managedFields ?? [];
      const holds = (of: string) =>
        owners.filter((it) => it.manager === of && JSON.stringify(it.fieldsV1).includes('f:replicas')).length;
      expect(holds('muster')).toBe(0);
      expect(holds('kube-controller-manager')).toBeGreaterThan(0);
    });

    it("are the manifest's again once nothing is ignored", async () => {
      await say({}, deployment(2, 'registry.example.com/web:2'));
      await eventually(web, (object) => replicasOf(object) === 2);
    });
  });

  it('are left as kubectl applied them when an object is taken over from it', async () => {
    const policy: Policy = { ignoreDifferences: [{ fields: ['/spec/replicas'] }] };
    await say({}, autoscaler(1));
    await settled();
    await eventually(
      () => web().catch(() => undefined),
      (object) => object === undefined,
    );
    const kubectl = await kubectlOf(cluster);
    await kubectl(['apply', '-n', 'shop', '-f', '-'], { input: deployment(4) });
    await say(policy, deployment(2, 'registry.example.com/web:3'));
    await settled();
    expect(replicasOf(await web())).toBe(4);
    await say(policy, deployment(2, 'registry.example.com/web:4'));
    await settled();
    expect(replicasOf(await web())).toBe(4);
  });

  describe('a caBundle that a controller injects', () => {
    const policy: Policy = {
      ignoreDifferences: [
        {
          target: { kind: 'ValidatingWebhookConfiguration' },
          fields: ['/webhooks/*/clientConfig/caBundle'],
        },
      ],
    };
    const guard = () => somebody.get(webhookConfigurations, { name: 'guard' });
    const hooksOf = (object: KubeObject) =>
      object['webhooks'] as { clientConfig: { caBundle: string }; failurePolicy: string }[];
    const bundles = (object: KubeObject) => hooksOf(object).map((hook) => hook.clientConfig.caBundle);

    it('stays, whatever else is corrected or changed', async () => {
      await say(policy, webhooks('Ignore'));
      await settled();
      await somebody.jsonPatch(webhookConfigurations, { name: 'guard' }, [
        { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: ca('injected') },
      ]);
      await settled();
      expect(bundles(await guard())).toEqual([ca('injected'), ca('placeholder')]);
      await somebody.jsonPatch(webhookConfigurations, { name: 'guard' }, [
        { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Fail' },
      ]);
      await eventually(guard, (object) => hooksOf(object)[0]?.failurePolicy === 'Ignore');
      await say(policy, webhooks('Fail'));
      await eventually(guard, (object) => hooksOf(object).every((hook) => hook.failurePolicy === 'Fail'));
      await settled();
      expect(bundles(await guard())).toEqual([ca('injected'), ca('placeholder')]);
    });
  });

  describe('what a manager owns', () => {
    const policy: Policy = {
      ignoreDifferences: [{ target: { kind: 'Widget' }, managers: ['cainjector'] }],
    };
    const spec = async (name: string) =>
      (await somebody.get(widgets, key(name)))['spec'] as Record<string, unknown>;

    it('is left to it, and nothing else is', async () => {
      await say(policy, widget('w'));
      await settled();
      await somebody.mergePatch(widgets, key('w'), { spec: { map: { a: '9' } } });
      const other = createKubeClient(cluster.config, { fieldManager: 'kubectl-edit' });
      await other.mergePatch(widgets, key('w'), { spec: { map: { b: '9' } } });
      await eventually(
        () => spec('w'),
        ({ map }) => (map as { b: string }).b === '2',
      );
      await settled();
      expect(await spec('w')).toMatchObject({ map: { a: '9', b: '2' } });
      await other.close();
    });
  });

  it('are no drift to a bundle that only reports either, beyond 2^53 and back', async () => {
    const policy: Policy = { drift: 'Notify', ignoreDifferences: [{ fields: ['/spec/map'] }] };
    await agent.say(
      {
        generation: ++generation,
        assignments: [
          { bundle: 'shop', namespace: 'shop', policy, objects: [widget('n', { scalar: 'BIG' })] },
        ],
      },
      (text) => text.replace('"BIG"', '9007199254740993'),
    );
    await settled();
    await somebody.mergePatch(widgets, key('n'), { spec: { map: { a: '9' } } });
    await settled();
    await somebody.mergePatch(widgets, key('n'), { spec: { scalar: 9007199254740992 } });
    const status = await agent.until('shop', ({ reason }) => reason === 'Drifted');
    expect(status.objects[0]).toMatchObject({
      differences: [{ path: '/spec/scalar', desired: '9007199254740993', live: '9007199254740992' }],
    });
  });
});
