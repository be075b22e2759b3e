import { describe, expect, it } from 'vitest';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

const WAIT = { timeout: 45_000, interval: 100 };

export function runsWorkloads(target: () => Target): void {
  describe('running', () => {
    it('makes a Deployment ready, and says so as its controller does', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 2 }));
      await expect
        .poll(async () => (await api.get(path)).body.status, WAIT)
        .toMatchObject({
          observedGeneration: 1,
          replicas: 2,
          updatedReplicas: 2,
          readyReplicas: 2,
          availableReplicas: 2,
          conditions: expect.arrayContaining([
            expect.objectContaining({ type: 'Available', status: 'True' }),
          ]) as unknown,
        });
    });

    it('rolls a changed Deployment out', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 1 }));
      await api.apply(
        path,
        'first',
        deployment(own, 'web', { image: 'example.test/main:2' }, { replicas: 1 }),
      );
      await expect
        .poll(async () => (await api.get(path)).body.status, WAIT)
        .toMatchObject({ observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
    });

    it('settles a Deployment that is scaled to nothing', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      await expect
        .poll(async () => (await api.get(path)).body.status, WAIT)
        .toMatchObject({ observedGeneration: 1 });
    });

    it('deletes a Namespace with all that is in it, and refuses new objects meanwhile', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      const held = configMap(own, 'held') as { metadata: object };
      await api.send('POST', path, {
        ...held,
        metadata: { ...held.metadata, finalizers: ['example.test/hold'] },
      });
      await api.send('POST', path, configMap(own, 'free'));
      expect((await api.send('DELETE', `/api/v1/namespaces/${own}`)).status).toBe(200);
      await expect
        .poll(async () => (await api.get(`/api/v1/namespaces/${own}`)).body.status, WAIT)
        .toMatchObject({ phase: 'Terminating' });
      const late = await api.send('POST', path, configMap(own, 'late'));
      expect(late).toMatchObject({
        status: 403,
        body: { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } },
      });
      await expect.poll(async () => (await api.get(`${path}/free`)).status, WAIT).toBe(404);
      await api.patch(`${path}/held`, 'merge', { metadata: { finalizers: null } });
      await expect.poll(async () => (await api.get(`/api/v1/namespaces/${own}`)).status, WAIT).toBe(404);
    });

    it('collects what is owned by an object that was deleted', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      const owner = (await api.send('POST', path, configMap(own, 'owner'))).body;
      const owned = configMap(own, 'owned') as { metadata: object };
      const ownerReferences = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid },
      ];
      await api.send('POST', path, { ...owned, metadata: { ...owned.metadata, ownerReferences } });
      await api.send('DELETE', `${path}/owner`, { propagationPolicy: 'Background' });
      await expect.poll(async () => (await api.get(`${path}/owned`)).status, WAIT).toBe(404);
    });
  });
}
