import { describe, expect, it } from 'vitest';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function keepsObjects(target: () => Target): void {
  describe('keeping objects', () => {
    it('creates, reads, replaces and deletes', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const made = await api.send('POST', path, configMap(path.split('/')[4]!, 'one', { a: '1' }));
      expect(made.status).toBe(201);
      expect(made.body.metadata).toMatchObject({
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        resourceVersion: expect.stringMatching(/^\d+$/) as unknown,
        creationTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      });
      expect((await api.get(`${path}/one`)).body).toEqual(made.body);

      const replaced = await api.send('PUT', `${path}/one`, { ...made.body, data: { a: '2' } });
      expect(replaced.status).toBe(200);
      expect(replaced.body).toMatchObject({ data: { a: '2' }, metadata: { uid: made.body.metadata.uid } });
      expect(Number(replaced.body.metadata.resourceVersion)).toBeGreaterThan(
        Number(made.body.metadata.resourceVersion),
      );

      const deleted = await api.send('DELETE', `${path}/one`);
      expect(deleted.status).toBe(200);
      expect(deleted.body).toMatchObject({ kind: 'Status', status: 'Success' });
      expect(await api.get(`${path}/one`)).toMatchObject({
        status: 404,
        body: { kind: 'Status', reason: 'NotFound' },
      });
    });

    it('refuses to create what exists', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
      await api.send('POST', path, object);
      expect(await api.send('POST', path, object)).toMatchObject({
        status: 409,
        body: { reason: 'AlreadyExists', details: { name: 'one', kind: 'configmaps' } },
      });
    });

    it('makes names from generateName', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } };
      const names = await Promise.all(
        [1, 2].map(async () => (await api.send('POST', path, object)).body.metadata.name),
      );
      expect(names[0]).toMatch(/^made-[a-z0-9]{5}$/);
      expect(names[0]).not.toBe(names[1]);
    });

    it('compares and sets by resourceVersion, with PUT and with a merge patch', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const first = (await api.send('POST', path, configMap(path.split('/')[4]!, 'one', { a: '1' }))).body;
      await api.patch(`${path}/one`, 'merge', { data: { a: '2' } });
      const late = await api.send('PUT', `${path}/one`, { ...first, data: { a: '3' } });
      expect(late).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      const { resourceVersion } = first.metadata;
      const latePatch = await api.patch(`${path}/one`, 'merge', {
        metadata: { resourceVersion },
        data: { a: '3' },
      });
      expect(latePatch).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      expect((await api.get(`${path}/one`)).body.data).toEqual({ a: '2' });
    });

    it('keeps the resourceVersion when a write changes nothing', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      const made = (await api.send('POST', path, configMap(path.split('/')[4]!, 'one', { a: '1' }))).body;
      const replaced = (await api.send('PUT', `${path}/one`, made)).body;
      expect(replaced.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
      const patched = (await api.patch(`${path}/one`, 'merge', { data: { a: '1' } })).body;
      expect(patched.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    it("folds a Secret's stringData into its data, and keeps its type", async () => {
      const { api, namespace } = target();
      const path = `/api/v1/namespaces/${await namespace()}/secrets`;
      const made = await api.send('POST', path, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'one' },
        data: { a: 'b25l' },
        stringData: { a: 'two', b: 'three' },
      });
      expect(made.body).toMatchObject({ type: 'Opaque', data: { a: 'dHdv', b: 'dGhyZWU=' } });
      expect(made.body).not.toHaveProperty('stringData');
      const changed = await api.patch(`${path}/one`, 'merge', { type: 'kubernetes.io/tls' });
      expect(changed).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    });

    it('keeps an immutable ConfigMap as it is', async () => {
      const { api, namespace } = target();
      const path = configMapsOf(await namespace());
      await api.send('POST', path, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'one' },
        immutable: true,
        data: { a: '1' },
      });
      expect(await api.patch(`${path}/one`, 'merge', { data: { a: '2' } })).toMatchObject({
        status: 422,
        body: { reason: 'Invalid' },
      });
    });

    it('keeps Leases with their micro-second times', async () => {
      const { api, namespace } = target();
      const path = `/apis/coordination.k8s.io/v1/namespaces/${await namespace()}/leases`;
      const spec = {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        renewTime: '2026-01-02T03:04:05.123456Z',
      };
      const made = await api.send('POST', path, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'one' },
        spec,
      });
      expect(made).toMatchObject({ status: 201, body: { spec } });
      const taken = await api.send('PUT', `${path}/one`, {
        ...made.body,
        spec: { ...spec, holderIdentity: 'other' },
      });
      expect(taken).toMatchObject({ status: 200, body: { spec: { holderIdentity: 'other' } } });
      expect((await api.send('PUT', `${path}/one`, made.body)).status).toBe(409);
    });

    it('raises the generation when a spec changes, and only then', async () => {
      const { api, namespace } = target();
      const path = `/apis/networking.k8s.io/v1/namespaces/${await namespace()}/networkpolicies`;
      const made = await api.send('POST', path, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'one' },
        spec: { podSelector: {} },
      });
      expect(made.body.metadata.generation).toBe(1);
      const labelled = await api.patch(`${path}/one`, 'merge', { metadata: { labels: { a: 'b' } } });
      expect(labelled.body.metadata.generation).toBe(1);
      const changed = await api.patch(`${path}/one`, 'merge', {
        spec: { podSelector: { matchLabels: { a: 'b' } } },
      });
      expect(changed.body.metadata.generation).toBe(2);
    });
  });
}
