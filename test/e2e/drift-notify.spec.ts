import { createKubeClient } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import type { Policy } from '@muster/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, configMap, eventually } from './agent-process.ts';
import { configMaps, secrets } from './agent-traces.ts';

const why = await whyNoClusters();

describe.skipIf(why !== undefined)('drift that a bundle only reports', () => {
  let cluster: TestCluster;
  let somebody: KubeClient;
  let agent: AgentProcess;
  let generation = 0;

  beforeAll(async () => {
    cluster = await startCluster();
    somebody = createKubeClient(cluster.config, { fieldManager: 'kubectl-edit' });
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await somebody.close();
    await cluster.stop();
  });

  const key = (name: string) => ({ namespace: 'shop', name });
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'password' },
    data: { password: Buffer.from('open sesame').toString('base64') },
  };
  const say = (policy: Policy, value = '1') =>
    agent.say({
      generation: ++generation,
      assignments: [
        {
          bundle: 'shop',
          namespace: 'shop',
          policy,
          objects: [configMap('a', value), configMap('b'), configMap('c'), secret],
        },
      ],
    });
  const valueOf = (object: KubeObject) => (object['data'] as { value?: string }).value;
  const told = async (name: string, reason = 'Drifted') => {
    const status = await agent.until('shop', ({ objects }) =>
      objects.some((it) => it.object.name === name && it.reason === reason),
    );
    return status.objects.find((it) => it.object.name === name);
  };

  it('is written nowhere, and told with what is desired, what is there, and who changed it', async () => {
    await say({ drift: 'Notify' });
    await agent.untilSynced('shop', generation);
    const changed = await somebody.mergePatch(configMaps, key('a'), { data: { value: '9' } });
    expect(await told('a')).toMatchObject({
      sync: 'OutOfSync',
      message: 'it differs from its manifest in /data/value (kubectl-edit); its bundle only reports that',
      differences: [{ path: '/data/value', desired: '"1"', live: '"9"', manager: 'kubectl-edit' }],
    });
    expect((await somebody.get(configMaps, key('a'))).metadata.resourceVersion).toBe(
      changed.metadata.resourceVersion,
    );
  });

  it('tells what was removed, and leaves it so', async () => {
    await somebody.mergePatch(configMaps, key('b'), { data: { value: null } });
    expect(await told('b')).toMatchObject({
      differences: [{ path: '/data/value', desired: '"1"', live: '' }],
    });
  });

  it('tells that an object was deleted, and does not make it again', async () => {
    await somebody.delete(configMaps, key('c'));
    expect(await told('c')).toMatchObject({
      health: 'Missing',
      message: 'somebody deleted it; its bundle only reports that',
    });
    await expect(somebody.get(configMaps, key('c'))).rejects.toMatchObject({ status: 404 });
  });

  it('names the fields of a Secret, and shows none of their values', async () => {
    await somebody.mergePatch(secrets, key('password'), {
      data: { password: Buffer.from('stolen').toString('base64') },
    });
    expect(await told('password')).toMatchObject({
      differences: [{ path: '/data/password', desired: '', live: '', manager: 'kubectl-edit' }],
    });
    const everything = JSON.stringify(await agent.statuses()) + agent.log;
    for (const value of ['open sesame', 'stolen'])
      expect(everything).not.toContain(Buffer.from(value).toString('base64'));
  });

  it('is over when the fields are put back by hand, though they are no longer ours', async () => {
    await somebody.mergePatch(configMaps, key('a'), { data: { value: '1' } });
    await agent.until('shop', ({ objects }) => objects.every((it) => it.object.name !== 'a'));
    await somebody.mergePatch(configMaps, key('a'), { data: { value: '8' } });
    expect(await told('a')).toMatchObject({ differences: [{ live: '"8"' }] });
  });

  it('outlives a restart of the agent', async () => {
    await agent.kill('SIGTERM');
    agent.start();
    const status = await agent.until('shop', ({ objects }) => objects.length === 4);
    expect(status.objects.map((it) => it.reason)).toEqual(['Drifted', 'Drifted', 'Drifted', 'Drifted']);
  });

  it('is overwritten by a newer manifest, because that is what its bundle wants', async () => {
    await say({ drift: 'Notify' }, '2');
    await eventually(
      () => somebody.get(configMaps, key('a')),
      (object) => valueOf(object) === '2',
    );
  });

  it('is corrected once the bundle says so', async () => {
    await say({}, '2');
    await agent.untilSynced('shop', generation);
    expect(valueOf(await somebody.get(configMaps, key('b')))).toBe('1');
    expect(valueOf(await somebody.get(configMaps, key('c')))).toBe('1');
  });
});
