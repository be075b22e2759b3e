import {
  type Kubectl,
  kubectlOf,
  startCluster,
  startWebhookServer,
  type TestCluster,
  type WebhookServer,
} from '@muster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentProcess, configMap, eventually } from './agent-process.ts';

describe('where a webhook denies a deletion', () => {
  let cluster: TestCluster;
  let webhooks: WebhookServer;
  let kubectl: Kubectl;
  let agent: AgentProcess;
  let isDenied = true;

  beforeAll(async () => {
    webhooks = await startWebhookServer({
      admission: {
        '/guard': ({ name }) => (name === 'precious' && isDenied ? { denied: 'backups depend on it' } : {}),
      },
    });
    cluster = await startCluster();
    kubectl = await kubectlOf(cluster);
    agent = await AgentProcess.on(cluster.kubeconfig);
    await agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: ['precious', 'plain'].map((name) => configMap(name)) },
        { bundle: 'other', namespace: 'other', objects: [configMap('kept')] },
      ],
    });
    agent.start();
    await agent.untilSynced('shop');
    await kubectl(['apply', '-f', '-'], {
      input: {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'guard' },
        webhooks: [
          {
            name: 'guard.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            rules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['configmaps'] },
            ],
            clientConfig: webhooks.clientConfig('/guard'),
          },
        ],
      },
    });
    await eventually(
      () => kubectl(['delete', 'configmap', 'precious', '-n', 'shop', '--dry-run=server']).catch(String),
      (said) => said.includes('backups depend on it'),
    );
  });

  afterAll(async () => {
    await agent?.stop();
    await cluster?.stop();
    await webhooks?.stop();
  });

  it('says why of that object, deletes the others, and does not ask again and again', async () => {
    await agent.say({
      assignments: [
        { bundle: 'shop', namespace: 'shop', objects: [] },
        { bundle: 'other', namespace: 'other', objects: [configMap('kept')] },
      ],
      deletionConsents: ['shop'],
    });
    const status = await agent.until('shop', ({ objects }) => objects[0]?.reason === 'Refused');
    expect(status.objects.map((it) => it.object.name)).toEqual(['precious']);
    expect(status.objects[0]?.message).toContain('backups depend on it');
    await eventually(names, (left) => left === 'configmap/precious');
    await agent.untilSynced('other');
    // Its own tries, beside the one of this test: each waits longer than the one before.
    const tries = webhooks.asked('/guard').filter(({ name, dryRun }) => name === 'precious' && !dryRun);
    expect(tries.length).toBeLessThan(6);
  });

  it('deletes it as soon as it is let', async () => {
    isDenied = false;
    await eventually(names, (left) => left === '');
    await agent.untilSynced('shop');
  });

  async function names(): Promise<string> {
    const said = await kubectl([
      'get',
      'configmaps',
      '-n',
      'shop',
      '-l',
      'muster.dev/bundle=shop',
      '-o',
      'name',
    ]);
    return said.trim();
  }
});
