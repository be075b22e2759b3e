import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject, Resource } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, startWebhookServer, whyNoClusters } from '../src/index.ts';
import type { TestCluster, WebhookServer } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import { configMaps } from './agent-traces.ts';

const why = await whyNoClusters();

const mutatingWebhooks: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  namespaced: false,
  verbs: [],
};

const stamp = '/metadata/annotations/stamped-at';

describe.skipIf(why !== undefined)('drift under webhooks that change objects', () => {
  let cluster: TestCluster;
  let webhooks: WebhookServer;
  let somebody: KubeClient;
  let agent: AgentProcess;
  let generation = 0;
  let stamps = 0;

  beforeAll(async () => {
    cluster = await startCluster();
    somebody = createKubeClient(cluster.config, { fieldManager: 'kubectl-edit' });
    webhooks = await startWebhookServer({
      admission: {
        '/rewrites': () => ({
          patch: [{ op: 'replace', path: '/data/value', value: 'as the webhook says' }],
        }),
        '/stamps': ({ object }) => ({
          patch: [
            ...(object?.metadata.annotations
              ? []
              : [{ op: 'add' as const, path: '/metadata/annotations', value: {} }]),
            { op: 'add', path: stamp, value: `time ${++stamps}` },
            // A field of ours, other than anybody said, and other each time.
            { op: 'replace', path: '/data/value', value: `at ${stamps}` },
          ],
        }),
        '/meddles': ({ object }) =>
          object?.metadata.labels?.['theirs'] === undefined
            ? {}
            : { patch: [{ op: 'replace', path: '/data/other', value: 'meddled' }] },
        '/effects': ({ dryRun }) =>
          dryRun === true ? { denied: 'it has side effects, and cannot try' } : {},
      },
    });
    for (const name of ['rewrites', 'stamps', 'effects', 'meddles']) {
      await somebody.create(mutatingWebhooks, undefined, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name },
        webhooks: [
          {
            name: `${name}.example.com`,
            clientConfig: webhooks.clientConfig(`/${name}`),
            sideEffects: 'NoneOnDryRun',
            admissionReviewVersions: ['v1'],
            failurePolicy: 'Fail',
            objectSelector: { matchLabels: { webhook: name } },
            rules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['configmaps'],
              },
            ],
          },
        ],
      });
    }
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await somebody.close();
    await webhooks.stop();
    await cluster.stop();
  });

  const key = (name: string) => ({ namespace: 'shop', name });
  const read = (name: string) => somebody.get(configMaps, key(name));
  const dataOf = (object: KubeObject) => object['data'] as Record<string, string>;
  const labelled = (name: string, webhook: string, more: object = {}) => ({
    ...configMap(name, '1', { labels: { webhook } }),
    ...more,
  });
  const say = (policy: Policy, ...objects: object[]) =>
    agent.say({
      generation: ++generation,
      assignments: [{ bundle: 'shop', namespace: 'shop', policy, objects }],
    });
  const settled = () => agent.untilSynced('shop', generation);
  const twoFields = (name: string, webhook: string) =>
    labelled(name, webhook, { data: { other: 'x', value: '1' } });

  it('is none where a webhook rewrites what is applied', async () => {
    await say({}, twoFields('rewritten', 'rewrites'));
    await settled();
    expect(dataOf(await read('rewritten'))).toEqual({ other: 'x', value: 'as the webhook says' });
    const before = webhooks.asked('/rewrites').length;
    await somebody.mergePatch(configMaps, key('rewritten'), { metadata: { labels: { theirs: 'x' } } });
    await settled();
    // Theirs, and nothing of ours.
    expect(
      webhooks
        .asked('/rewrites')
        .slice(before)
        .filter(({ dryRun }) => dryRun !== true),
    ).toHaveLength(1);
  });

  it('is told of the field that somebody changed, not of the one that the webhook rewrites', async () => {
    await say({ drift: 'Notify' }, twoFields('rewritten', 'rewrites'));
    await settled();
    await somebody.mergePatch(configMaps, key('rewritten'), { data: { other: 'y' } });
    const status = await agent.until('shop', ({ reason }) => reason === 'Drifted');
    expect(status.objects[0]).toMatchObject({
      differences: [{ path: '/data/other', desired: '"x"', live: '"y"', manager: 'kubectl-edit' }],
    });
  });

  it('is none under a webhook that makes something else of an object each time', async () => {
    await say({ drift: 'Notify' }, twoFields('stamped', 'stamps'));
    await settled();
    await somebody.mergePatch(configMaps, key('stamped'), { metadata: { labels: { theirs: 'x' } } });
    // In our name: only the time of our entry says that somebody wrote.
    await somebody.apply(configMaps, key('stamped'), await asOurs('stamped'), {
      fieldManager: 'muster',
      force: true,
    });
    await agent.until('shop', ({ sync }) => sync === 'Synced');
    await somebody.mergePatch(configMaps, key('stamped'), { data: { other: 'y' } });
    const status = await agent.until('shop', ({ reason }) => reason === 'Drifted');
    expect(status.objects[0]).toMatchObject({ differences: [{ path: '/data/other' }] });
    await say({}, twoFields('stamped', 'stamps'));
    await settled();
    expect(dataOf(await read('stamped'))).toMatchObject({ other: 'x' });
    const writes = webhooks.asked('/stamps').filter(({ dryRun }) => dryRun !== true).length;
    await somebody.mergePatch(configMaps, key('stamped'), { metadata: { labels: { theirs: 'z' } } });
    await settled();
    expect(webhooks.asked('/stamps').filter(({ dryRun }) => dryRun !== true)).toHaveLength(writes + 1);
  });

  it('is found by managed fields where dry-runs are refused', async () => {
    await say({ drift: 'Notify' }, twoFields('effective', 'effects'));
    await settled();
    await somebody.mergePatch(configMaps, key('effective'), { data: { other: 'y' } });
    const status = await agent.until('shop', ({ reason }) => reason === 'Drifted');
    expect(status.objects[0]).toMatchObject({
      differences: [{ path: '/data/other', desired: '"x"', live: '"y"', manager: 'kubectl-edit' }],
    });
    await say({}, twoFields('effective', 'effects'));
    await eventually(
      () => read('effective'),
      (object) => dataOf(object)['other'] === 'x',
    );
  });

  it("is not seen where a webhook changes a field of ours while somebody writes another: nobody's name is on it", async () => {
    await say({}, twoFields('meddled', 'meddles'));
    await settled();
    await somebody.mergePatch(configMaps, key('meddled'), { metadata: { labels: { theirs: 'x' } } });
    const theirs = (await read('meddled')).metadata.resourceVersion;
    // A change that is seen comes after it.
    await say({}, twoFields('meddled', 'meddles'), configMap('later'));
    await settled();
    const meddled = await read('meddled');
    expect([meddled.metadata.resourceVersion, dataOf(meddled)['other']]).toEqual([theirs, 'meddled']);
  });

  /** What the agent applies, in its own words. */
  async function asOurs(name: string): Promise<Buffer> {
    const { apiVersion, kind, metadata, ...rest } = await read(name);
    const { labels = {}, annotations = {} } = metadata;
    const { theirs: _, ...ourLabels } = labels;
    const { 'stamped-at': __, ...ourAnnotations } = annotations;
    return Buffer.from(
      JSON.stringify({
        apiVersion,
        kind,
        metadata: { ...key(name), labels: ourLabels, annotations: ourAnnotations },
        ...rest,
      }),
    );
  }
});
