import { describe, expect, it } from 'vitest';
import { ownedBy } from '../api.ts';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function appliesServerSide(target: () => Target): void {
  describe('applying', () => {
    it('creates with 201, updates with 200, and says what the manager owns', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const made = await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      expect(made.status).toBe(201);
      expect(made.body.metadata.managedFields).toEqual([
        {
          manager: 'first',
          operation: 'Apply',
          apiVersion: 'v1',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:a': {} } },
        },
      ]);
      const changed = await api.apply(path, 'first', configMap(own, 'one', { a: '2', b: '1' }));
      expect(changed).toMatchObject({
        status: 200,
        body: { data: { a: '2', b: '1' }, metadata: { uid: made.body.metadata.uid } },
      });
      expect(ownedBy(changed.body, 'first')).toEqual({ 'f:data': { 'f:a': {}, 'f:b': {} } });
    });

    it('owns labels and annotations by key', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const metadata = { name: 'one', labels: { 'example.test/a': '1' }, annotations: { b: '2' } };
      const { body } = await api.apply(`${configMapsOf(own)}/one`, 'first', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
      });
      expect(ownedBy(body, 'first')).toEqual({
        'f:metadata': { 'f:annotations': { 'f:b': {} }, 'f:labels': { 'f:example.test/a': {} } },
      });
    });

    it('writes nothing when nothing changes', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const made = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const again = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(again.metadata).toEqual(made.metadata);
    });

    it('writes nothing when a Deployment is applied again, in spite of all its defaults', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      const body = deployment(
        own,
        'web',
        { resources: { limits: { cpu: '1000m', memory: '1024Mi' } } },
        { replicas: 0 },
      );
      await api.apply(path, 'first', body);
      const before = (await api.get(path)).body;
      const again = (await api.apply(path, 'first', body)).body;
      expect(ownedBy(again, 'first')).toEqual(ownedBy(before, 'first'));
      expect(again.metadata.generation).toBe(before.metadata.generation);
    });

    it('removes what a manager no longer applies', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      const { body } = await api.apply(path, 'first', configMap(own, 'one', { b: '1' }));
      expect(body.data).toEqual({ b: '1' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:b': {} } });
    });

    it('gives a removed field back its default', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0, revisionHistoryLimit: 3 }));
      const { body } = await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      expect(body.spec).toMatchObject({ replicas: 0, revisionHistoryLimit: 10 });
    });

    it('dry-runs: the answer as if, and nothing written', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const dry = '&force=true&dryRun=All';
      const would = await api.apply(path, 'first', configMap(own, 'one', { a: '1' }), dry);
      expect(would).toMatchObject({ status: 201, body: { data: { a: '1' } } });
      expect((await api.get(path)).status).toBe(404);
      const made = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const { body } = await api.apply(path, 'first', configMap(own, 'one', { a: '2' }), dry);
      expect(body.data).toEqual({ a: '2' });
      expect((await api.get(path)).body).toEqual(made);
    });

    it('keeps status apart: an apply of the object leaves it, one of its status changes nothing else', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `/api/v1/namespaces/${own}/persistentvolumeclaims/one`;
      const spec = {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      };
      const object = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'one', namespace: own },
      };
      const made = await api.apply(path, 'first', { ...object, spec, status: { phase: 'Lost' } });
      expect(made.body.status).toEqual({ phase: 'Pending' });
      expect(JSON.stringify(ownedBy(made.body, 'first'))).not.toContain('f:status');
      const told = await api.apply(`${path}/status`, 'teller', {
        ...object,
        status: { capacity: { storage: '1Gi' } },
      });
      expect(told).toMatchObject({
        status: 200,
        body: { status: { phase: 'Pending', capacity: { storage: '1Gi' } } },
      });
      expect(ownedBy(told.body, 'teller', 'Apply', 'status')).toEqual({
        'f:status': { 'f:capacity': { 'f:storage': {} } },
      });
      const again = await api.apply(path, 'first', { ...object, spec });
      expect(again.body).toMatchObject({ status: { capacity: { storage: '1Gi' } } });
    });

    it('creates cluster-wide objects, namespaces among them', async () => {
      const { api } = target();
      const object = {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'applied-namespace', labels: { a: 'b' } },
      };
      const { status, body } = await api.apply('/api/v1/namespaces/applied-namespace', 'first', object);
      expect(status).toBe(201);
      expect(body.metadata.labels).toEqual({ a: 'b', 'kubernetes.io/metadata.name': 'applied-namespace' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:metadata': { 'f:labels': { 'f:a': {} } } });
    });

    it('checks the uid that a body names', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const { metadata } = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const naming = (uid: string): object => ({
        ...configMap(own, 'one', { a: '2' }),
        metadata: { name: 'one', namespace: own, uid },
      });
      expect((await api.apply(path, 'first', naming(metadata.uid!))).status).toBe(200);
      expect((await api.apply(path, 'first', naming('00000000-0000-0000-0000-000000000000'))).status).toBe(
        422,
      );
    });

    it('keeps integers beyond 2^53 as they are', async () => {
      const { api, client } = target();
      const name = 'large-numbers';
      const crd = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'numbers.conformance.test' },
        spec: {
          group: 'conformance.test',
          scope: 'Cluster',
          names: { plural: 'numbers', singular: 'number', kind: 'Number', listKind: 'NumberList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: { value: { type: 'integer', format: 'int64' } },
                },
              },
            },
          ],
        },
      };
      await api.apply(
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/numbers.conformance.test',
        'first',
        crd,
      );
      const path = `/apis/conformance.test/v1/numbers`;
      await expect.poll(async () => (await api.get(path)).status, { timeout: 20_000 }).toBe(200);
      client.invalidateDiscovery();
      const body = `{"apiVersion":"conformance.test/v1","kind":"Number","metadata":{"name":"${name}"},"value":9007199254740993}`;
      const resource = {
        group: 'conformance.test',
        version: 'v1',
        kind: 'Number',
        plural: 'numbers',
        namespaced: false,
        verbs: [],
      };
      await client.apply(resource, { name }, Buffer.from(body), { fieldManager: 'first', force: true });
      const answer = await fetchText(target(), `${path}/${name}`);
      expect(answer).toContain('9007199254740993');
    });
  });
}

/** The answer's text: what `JSON.parse` would round stays visible. */
async function fetchText({ server }: Target, path: string): Promise<string> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: server.config.tls?.ca } });
  try {
    const headers =
      server.config.token === undefined ? {} : { authorization: `Bearer ${server.config.token}` };
    return await (await request(server.config.server + path, { dispatcher, headers })).body.text();
  } finally {
    await dispatcher.destroy();
  }
}
