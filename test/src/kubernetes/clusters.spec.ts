import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createKubeClient,
  loadKubeConfig,
  type FollowEvent,
  type KubeConfig,
  type KubeObject,
} from '@muster/kube';
import { startClusters, type TestClusters } from './clusters.ts';
import { whyNoClusters } from './programs.ts';

const missing = await whyNoClusters();
const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

async function configMapsOf(config: KubeConfig) {
  const client = createKubeClient(config);
  return { client, configMaps: (await client.resourceFor('', 'v1', 'ConfigMap'))! };
}

describe.skipIf(missing !== undefined)('clusters for tests', () => {
  let running: TestClusters;
  beforeAll(async () => {
    running = await startClusters(2);
  });
  afterAll(() => running.stop());

  it('share an etcd, and nothing else', async () => {
    const [one, two] = await Promise.all(running.clusters.map(({ config }) => configMapsOf(config)));
    await one!.client.create(one!.configMaps, 'default', configMap('mine'));
    const names = (await two!.client.list(two!.configMaps, { namespace: 'default' })).items.map(
      (item) => item.metadata.name,
    );
    expect(names).not.toContain('mine');
    await Promise.all([one!.client.close(), two!.client.close()]);
  });

  it('let their administrator in by token and by client certificate', async () => {
    const { kubeconfig, certificateKubeconfig } = running.clusters[0]!;
    for (const file of [kubeconfig, certificateKubeconfig]) {
      const { client, configMaps } = await configMapsOf(await loadKubeConfig({ file }));
      expect((await client.list(configMaps)).resourceVersion).toMatch(/^\d+$/);
      await client.close();
    }
  });

  it('let a service account in by a token file, and only as far as it is allowed', async () => {
    const { config, folder } = running.clusters[0]!;
    const { client } = await configMapsOf(config);
    const accounts = (await client.resourceFor('', 'v1', 'ServiceAccount'))!;
    await client.create(accounts, 'default', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'robot' },
    });
    // TokenRequest is a subresource, which for a client is a resource of another name.
    const tokens = { ...accounts, plural: 'serviceaccounts/robot/token' };
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: '' },
      spec: {},
    };
    const { status } = await client.create(tokens, 'default', request);
    const tokenFile = join(folder, 'robot-token');
    await writeFile(tokenFile, (status as { token: string }).token);
    const robot = await configMapsOf({ server: config.server, tls: config.tls!, tokenFile });
    await expect(robot.client.list(robot.configMaps)).rejects.toMatchObject({
      status: 403,
      reason: 'Forbidden',
    });
    await Promise.all([client.close(), robot.client.close()]);
  });

  it('can lose their API server and get it back on the same port, and a follow goes on', async () => {
    const { config, apiServer } = running.clusters[1]!;
    const { client, configMaps } = await configMapsOf(config);
    const stop = new AbortController();
    const errors: unknown[] = [];
    const outage = Promise.withResolvers<void>();
    const told: FollowEvent[] = [];
    const back = (async () => {
      await outage.promise;
      await apiServer.start();
      await client.create(configMaps, 'default', configMap('after'));
    })();
    const options = {
      namespace: 'default',
      signal: stop.signal,
      onError: (error: unknown) => {
        errors.push(error);
        outage.resolve();
      },
    };
    for await (const event of client.follow(configMaps, options)) {
      told.push(event);
      if (told.length === 1) await apiServer.kill();
      const seen = event.type === 'LISTED' ? event.items : [event.object];
      if (seen.some((object) => object.metadata.name === 'after')) stop.abort();
    }
    await back;
    expect(errors[0]).toMatchObject({ name: 'KubeNetworkError' });
    await client.close();
  });

  it('leave nothing behind when they are stopped', async () => {
    const own = await startClusters(1);
    const { folder, apiServer } = own.clusters[0]!;
    const pid = apiServer.pid();
    await own.stop();
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('die with the process that started them, however that ends', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const url = /https:\S+/.exec(line)![0];
    parent.kill('SIGKILL');
    const client = createKubeClient({ server: url, tls: { insecureSkipVerify: true } });
    await expect
      .poll(() => client.discover().catch((error: unknown) => error), { timeout: 20_000 })
      .toMatchObject({ code: 'ECONNREFUSED' });
    await client.close();
    // Whoever is killed can't tidy up its files.
    await rm(join(/KUBECONFIG=(\S+)/.exec(line)![1]!, '..', '..'), { recursive: true, force: true });
  });
});
