import { describe, expect, it } from 'vitest';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function deletesWithCare(target: () => Target): void {
  describe('deleting', () => {
    it('deletes only the object with the uid and the resourceVersion of the preconditions', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      const made = (await api.send('POST', path, configMap(own, 'one'))).body;
      const wrong = await api.send('DELETE', `${path}/one`, {
        preconditions: { uid: '00000000-0000-0000-0000-000000000000' },
      });
      expect(wrong).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      const stale = await api.send('DELETE', `${path}/one`, { preconditions: { resourceVersion: '1' } });
      expect(stale).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      const resource = (await client.resourceFor('', 'v1', 'ConfigMap'))!;
      await client.delete(resource, { namespace: own, name: 'one' }, { uid: made.metadata.uid! });
      expect((await api.get(`${path}/one`)).status).toBe(404);
    });

    it('keeps an object with finalizers until the last of them is gone', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const object = configMap(own, 'one') as { metadata: object };
      await api.send('POST', configMapsOf(own), {
        ...object,
        metadata: { ...object.metadata, finalizers: ['example.test/hold'] },
      });
      expect((await api.send('DELETE', path)).body).toMatchObject({
        kind: 'ConfigMap',
        metadata: { deletionTimestamp: expect.any(String) as unknown, finalizers: ['example.test/hold'] },
      });
      expect((await api.get(path)).body.metadata.deletionTimestamp).toBeDefined();
      const more = await api.patch(path, 'merge', {
        metadata: { finalizers: ['example.test/hold', 'example.test/more'] },
      });
      expect(more.status).toBe(422);
      expect((await api.patch(path, 'merge', { metadata: { finalizers: null } })).status).toBe(200);
      expect((await api.get(path)).status).toBe(404);
    });

    it('deletes a collection by its labels', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      for (const name of ['one', 'two', 'three']) {
        const object = configMap(own, name) as { metadata: object };
        await api.send('POST', path, {
          ...object,
          metadata: { ...object.metadata, labels: { keep: String(name === 'two') } },
        });
      }
      expect((await api.send('DELETE', `${path}?labelSelector=keep%3Dfalse`)).status).toBe(200);
      const left = (await api.get(`${path}?labelSelector=keep`)).body.items.map((item) => item.metadata.name);
      expect(left).toEqual(['two']);
    });

    it('lets a new object take the name of a deleted one, with another uid', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const first = (await api.apply(path, 'first', configMap(own, 'one'))).body;
      await api.send('DELETE', path);
      const second = (await api.apply(path, 'first', configMap(own, 'one'))).body;
      expect(second.metadata.uid).not.toBe(first.metadata.uid);
    });

    it('dry-runs a deletion', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await api.send('POST', configMapsOf(own), configMap(own, 'one'));
      expect((await api.send('DELETE', `${configMapsOf(own)}/one?dryRun=All`)).status).toBe(200);
      expect((await api.get(`${configMapsOf(own)}/one`)).status).toBe(200);
    });
  });
}
