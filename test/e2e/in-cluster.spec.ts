import { createKubeClient, inClusterConfig, type KubeClient } from '@muster/kube';
import { startCluster, type TestCluster } from '@muster/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** What the kubelet gives a pod, in a folder of the test's. */
describe('an agent in a pod', () => {
  let folder: string;
  let cluster: TestCluster;
  let kube: KubeClient | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-pod-'));
    cluster = await startCluster();
    await writeFile(join(folder, 'ca.crt'), String(cluster.config.tls?.ca));
    await writeFile(join(folder, 'namespace'), 'kube-system\n');
    await kubectl('create', 'serviceaccount', 'agent', '-n', 'kube-system');
    await kubectl(
      'create',
      'clusterrolebinding',
      'agent',
      '--clusterrole=cluster-admin',
      '--serviceaccount=kube-system:agent',
    );
  });

  afterAll(async () => {
    await kube?.close();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('reaches its API server by the mounted token, and reads that anew when it is not taken any more', async () => {
    const { hostname, port } = new URL(cluster.url);
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    expect(await inClusterConfig(environment, folder)).toBeUndefined();
    const token = (await kubectl('create', 'token', 'agent', '-n', 'kube-system')).trim();
    await writeFile(join(folder, 'token'), 'outdated');
    const config = (await inClusterConfig(environment, folder))!;
    expect(config.namespace).toBe('kube-system');
    const client = (kube = createKubeClient(config));
    const configMaps = {
      group: '',
      version: 'v1',
      kind: 'ConfigMap',
      plural: 'configmaps',
      namespaced: true,
      verbs: [],
    };
    const list = () => client.list(configMaps, { namespace: 'kube-system' });
    await expect(list()).rejects.toMatchObject({ status: 401 });
    await writeFile(join(folder, 'token'), token);
    expect((await list()).resourceVersion).not.toBe('');
  });

  it('is nowhere without what a pod is given', async () => {
    expect(await inClusterConfig({}, folder)).toBeUndefined();
  });

  async function kubectl(...args: string[]): Promise<string> {
    const { stdout } = await run('kubectl', args, {
      env: { ...process.env, HOME: folder, KUBECONFIG: cluster.kubeconfig },
    });
    return stdout;
  }
});
