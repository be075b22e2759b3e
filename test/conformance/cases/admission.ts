import { describe, expect, it } from 'vitest';
import { ownedBy } from '../api.ts';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';
import { startWebhook } from '../webhooks.ts';

const add = (path: string, value: unknown) => ({ op: 'add' as const, path, value });
const apps = (resource: string, operations: readonly string[] = ['CREATE', 'UPDATE']) => ({
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  operations,
  resources: [resource],
});

export function admitsThroughMutatingWebhooks(target: () => Target): void {
  describe('admitting through mutating webhooks', () => {
    it("keeps what a webhook adds, as nobody's field, and writes nothing when the same is applied again", async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        handler: () => ({ patch: [add('/data/added', 'by a webhook')] }),
      });
      const path = `${configMapsOf(own)}/one`;
      const made = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(made.data).toEqual({ a: '1', added: 'by a webhook' });
      expect(ownedBy(made, 'first')).toEqual({ 'f:data': { 'f:a': {} } });
      expect(made.metadata.managedFields).toHaveLength(1);
      const again = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(again.metadata).toEqual(made.metadata);
    });

    it('keeps what a webhook makes of an applied value, the applier owning it all the same', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        handler: () => ({ patch: [{ op: 'replace', path: '/data/a', value: 'rewritten' }] }),
      });
      const path = `${configMapsOf(own)}/one`;
      const made = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(made.data).toEqual({ a: 'rewritten' });
      expect(ownedBy(made, 'first')).toEqual({ 'f:data': { 'f:a': {} } });
      const again = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    it('writes each time when a webhook answers otherwise each time', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      let stamp = 0;
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        handler: () => ({ patch: [add('/data/stamp', `${(stamp += 1)}`)] }),
      });
      const path = `${configMapsOf(own)}/one`;
      const made = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const again = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      expect(again.data?.['stamp']).not.toBe(made.data?.['stamp']);
      expect(again.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
    });

    it('gives what a webhook injects its defaults', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        rule: apps('deployments'),
        handler: () => ({
          patch: [add('/spec/template/spec/containers/-', { name: 'proxy', image: 'proxy:1' })],
        }),
      });
      const made = await api.apply(
        `${deploymentsOf(own)}/web`,
        'first',
        deployment(own, 'web', {}, { replicas: 0 }),
      );
      expect(made.status).toBe(201);
      expect(made.body.spec).toMatchObject({
        template: {
          spec: { containers: [{ name: 'main' }, { name: 'proxy', terminationMessagePolicy: 'File' }] },
        },
      });
    });

    it('tells a webhook what is written, by whom, and whether only for show', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const webhook = await startWebhook(target(), { kind: 'Mutating', namespace: own, handler: () => ({}) });
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }), '&force=true&dryRun=All');
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      await api.patch(path, 'merge', { data: { a: '2' } });
      await api.send('DELETE', path);
      const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
      const resource = { group: '', version: 'v1', resource: 'configmaps' };
      const shared = {
        kind,
        resource,
        name: 'one',
        namespace: own,
        requestKind: kind,
        requestResource: resource,
      };
      const one = { metadata: { name: 'one', namespace: own }, data: { a: '1' } };
      expect(webhook.asked()).toMatchObject([
        { ...shared, operation: 'CREATE', dryRun: true, object: one, oldObject: null },
        {
          ...shared,
          operation: 'CREATE',
          dryRun: false,
          object: one,
          oldObject: null,
          options: { kind: 'CreateOptions', fieldManager: 'first' },
        },
        { ...shared, operation: 'UPDATE', dryRun: false, object: { data: { a: '2' } }, oldObject: one },
      ]);
      expect(webhook.asked()[1]?.userInfo.groups).toContain('system:masters');
    });

    it('asks only about objects with the labels that a webhook selects, before or after', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const webhook = await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        more: { objectSelector: { matchLabels: { watched: 'yes' } } },
        handler: () => ({}),
      });
      const labelled = (name: string, labels: object) => ({
        ...configMap(own, name),
        metadata: { name, namespace: own, labels },
      });
      await api.send('POST', configMapsOf(own), labelled('plain', {}));
      await api.send('POST', configMapsOf(own), labelled('labelled', { watched: 'yes' }));
      await api.patch(`${configMapsOf(own)}/labelled`, 'merge', { metadata: { labels: { watched: 'no' } } });
      await api.patch(`${configMapsOf(own)}/labelled`, 'merge', { data: { a: '1' } });
      expect(webhook.asked().map(({ operation, name }) => `${operation} ${name}`)).toEqual([
        'CREATE labelled',
        'UPDATE labelled',
      ]);
    });

    it('asks about a status only who names the subresource', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0, paused: true }));
      await expect
        .poll(
          async () =>
            ((await api.get(path)).body.status as { observedGeneration?: number }).observedGeneration,
          { timeout: 30_000 },
        )
        .toBe(1);
      const webhook = await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        rule: apps('deployments/status', ['UPDATE']),
        handler: () => ({}),
      });
      await api.patch(path, 'merge', { metadata: { labels: { a: '1' } } });
      const mine = { type: 'Mine', status: 'True', reason: 'X', message: 'x' };
      await api.send(
        'PATCH',
        `${path}/status`,
        { status: { conditions: [mine] } },
        {
          contentType: 'application/merge-patch+json',
        },
      );
      // The controller may have told a status of its own before.
      const told = webhook.asked().find(({ object }) => JSON.stringify(object).includes('Mine'));
      expect(told).toMatchObject({
        subResource: 'status',
        name: 'web',
        object: { metadata: { labels: { a: '1' } }, status: { conditions: [mine] } },
      });
    });

    it('asks about a scale with a Scale', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      const webhook = await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        rule: apps('deployments/scale', ['UPDATE']),
        handler: () => ({ patch: [{ op: 'replace', path: '/spec/replicas', value: 0 }] }),
      });
      const scaled = await api.send(
        'PATCH',
        `${path}/scale`,
        { spec: { replicas: 7 } },
        {
          contentType: 'application/merge-patch+json',
        },
      );
      expect(scaled.body.spec).toEqual({});
      expect((await api.get(path)).body.spec?.['replicas']).toBe(0);
      expect(webhook.asked()).toMatchObject([
        { subResource: 'scale', kind: { kind: 'Scale' }, object: { kind: 'Scale', spec: { replicas: 7 } } },
      ]);
    });

    it('asks once more who wishes to, when a later webhook changed the object', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const first = await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        more: { reinvocationPolicy: 'IfNeeded' },
        handler: ({ object }) => ({
          patch: [
            add(
              '/data/seen',
              Object.keys(object?.['data'] ?? {})
                .sort()
                .join(),
            ),
          ],
        }),
      });
      const second = await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        handler: () => ({ patch: [add('/data/late', '1')] }),
      });
      const made = await api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'one', { a: '1' }));
      expect(made.body.data).toEqual({ a: '1', late: '1', seen: 'a,late,seen' });
      expect(first.asked().length).toBeGreaterThanOrEqual(2);
      expect(second.asked()).toHaveLength(1);
    });

    it('asks about the Pods that controllers make', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await startWebhook(target(), {
        kind: 'Mutating',
        namespace: own,
        rule: { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        handler: () => ({ patch: [add('/spec/containers/-', { name: 'proxy', image: 'proxy:1' })] }),
      });
      await api.apply(`${deploymentsOf(own)}/web`, 'first', deployment(own, 'web', {}, { replicas: 2 }));
      const containers = async (): Promise<string[]> =>
        (await api.get(`/api/v1/namespaces/${own}/pods`)).body.items.map(({ spec }) =>
          (spec as { containers: { name: string }[] }).containers.map(({ name }) => name).join(),
        );
      await expect.poll(containers, { timeout: 30_000 }).toEqual(['main,proxy', 'main,proxy']);
    });
  });
}
