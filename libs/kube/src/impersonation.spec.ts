import { afterEach, describe, expect, it } from 'vitest';
import { createKubeClient } from './client.ts';
import type { KubeClient, Resource } from './port.ts';
import { fakeServer, sendJson, type FakeServer } from './testing/fake-server.ts';

const configMaps: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  verbs: [],
};
const one = { namespace: 'shop', name: 'one' };

describe('a client as a service account', () => {
  let server: FakeServer;
  let client: KubeClient;
  const seen: (readonly [string, string | undefined])[] = [];

  const start = async (): Promise<void> => {
    server = await fakeServer((request, response) => {
      const { 'impersonate-user': user, authorization } = request.headers;
      seen.push([String(user), authorization]);
      expect(request.headers).not.toHaveProperty('impersonate-group');
      sendJson(response, { metadata: { name: 'one' } });
    });
    client = createKubeClient({ server: server.url, token: 'own' });
  };

  afterEach(async () => {
    await client.close();
    await server.close();
    seen.length = 0;
  });

  it('makes every request as that account, by its own credentials, and names no groups', async () => {
    await start();
    const deployer = client.as({ namespace: 'shop', name: 'deployer' });
    await deployer.apply(configMaps, one, Buffer.from('{}'), { fieldManager: 'muster', force: true });
    await deployer.get(configMaps, one);
    await deployer.delete(configMaps, one, { uid: 'u' });
    const asDeployer = ['system:serviceaccount:shop:deployer', 'Bearer own'];
    expect(seen).toEqual([asDeployer, asDeployer, asDeployer]);
  });

  it('changes nothing for the client that it came from', async () => {
    await start();
    client.as({ namespace: 'shop', name: 'deployer' });
    await client.get(configMaps, one);
    expect(seen).toEqual([['undefined', 'Bearer own']]);
  });
});
