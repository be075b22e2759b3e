import { describe, expect, it } from 'vitest';
import { createKubeClient } from '@muster/kube';
import type { Target } from '../target.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

export function tellsWhatItServes(target: () => Target): void {
  describe('telling what it serves', () => {
    it('answers aggregated discovery of the core group', async () => {
      const { status, body, headers } = await target().api.get('/api', AGGREGATED);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('as=APIGroupDiscoveryList');
      expect(body).toMatchObject({
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        items: [{ versions: [{ version: 'v1', freshness: 'Current' }] }],
      });
    });

    it('answers aggregated discovery of the other groups, with scope, verbs and kind of each resource', async () => {
      const { body } = await target().api.get('/apis', AGGREGATED);
      const apps = body.items.find((item) => item.metadata.name === 'apps');
      expect(apps).toMatchObject({
        versions: [
          {
            version: 'v1',
            resources: expect.arrayContaining([
              expect.objectContaining({
                resource: 'deployments',
                scope: 'Namespaced',
                singularResource: 'deployment',
                verbs: expect.arrayContaining([
                  'create',
                  'delete',
                  'get',
                  'list',
                  'patch',
                  'update',
                  'watch',
                ]) as unknown,
                // Its group and version are those of the list, which the real server leaves out here.
                responseKind: expect.objectContaining({ kind: 'Deployment' }) as unknown,
              }),
            ]) as unknown,
          },
        ],
      });
    });

    it('answers legacy discovery to those who ask for plain JSON', async () => {
      const { api } = target();
      expect((await api.get('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      expect((await api.get('/apis')).body).toMatchObject({
        kind: 'APIGroupList',
        groups: expect.arrayContaining([
          expect.objectContaining({
            name: 'apps',
            preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
          }),
        ]) as unknown,
      });
      expect((await api.get('/apis/apps/v1')).body).toMatchObject({
        kind: 'APIResourceList',
        groupVersion: 'apps/v1',
        resources: expect.arrayContaining([
          expect.objectContaining({ name: 'deployments', kind: 'Deployment', namespaced: true }),
          expect.objectContaining({ name: 'deployments/status' }),
        ]) as unknown,
      });
    });

    it("says its version, as Kubernetes' releases are named", async () => {
      const { body } = await target().api.get('/version');
      expect(body['gitVersion']).toMatch(/^v1\.\d+\.\d+/);
      expect(body['major']).toBe('1');
      expect(body['minor']).toMatch(/^\d+/);
    });

    it('is ready and alive', async () => {
      for (const path of ['/readyz', '/livez', '/healthz'])
        expect((await target().api.get(path)).status).toBe(200);
    });

    it("is discovered by Muster's client, with scopes", async () => {
      const client = createKubeClient(target().server.config);
      try {
        const discovery = await client.discover();
        expect(discovery).toMatchObject({ complete: true, failedGroups: [] });
        expect(discovery.serverVersion).toMatch(/^v1\.\d+/);
        expect(await client.resourceFor('', 'v1', 'Namespace')).toMatchObject({
          plural: 'namespaces',
          namespaced: false,
        });
        expect(await client.resourceFor('', 'v1', 'ConfigMap')).toMatchObject({
          plural: 'configmaps',
          namespaced: true,
        });
        expect(await client.resourceFor('apps', 'v1', 'Deployment')).toMatchObject({ plural: 'deployments' });
        expect(await client.resourceFor('networking.k8s.io', 'v1', 'Ingress')).toMatchObject({
          plural: 'ingresses',
        });
        expect(await client.resourceFor('example.test', 'v1', 'Nothing')).toBeUndefined();
      } finally {
        await client.close();
      }
    });
  });
}
