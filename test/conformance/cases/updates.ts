import { describe, expect, it } from 'vitest';
import { ownedBy } from '../api.ts';
import { configMap, configMapsOf, deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function tracksUpdates(target: () => Target): void {
  describe('tracking who wrote what without applying', () => {
    it('gives the creator what it created', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const { body } = await api.send(
        'POST',
        `${configMapsOf(own)}?fieldManager=creator`,
        configMap(own, 'one', { a: '1' }),
      );
      expect(body.metadata.managedFields).toMatchObject([
        { manager: 'creator', operation: 'Update', apiVersion: 'v1' },
      ]);
      expect(ownedBy(body, 'creator', 'Update')).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
    });

    it('names a manager after its user agent when it names itself not', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const { body } = await api.send('POST', configMapsOf(own), configMap(own, 'one', { a: '1' }));
      expect(body.metadata.managedFields).toHaveLength(1);
    });

    it('moves a field from the applier to whoever changes it with PUT', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const applied = (await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }))).body;
      const { body } = await api.send('PUT', `${path}?fieldManager=editor`, {
        ...applied,
        data: { a: '2', b: '1' },
      });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:b': {} } });
      expect(ownedBy(body, 'editor', 'Update')).toEqual({ 'f:data': { 'f:a': {} } });
    });

    it.each([
      ['merge', { data: { a: '2' } }],
      ['strategic-merge', { data: { a: '2' } }],
      ['json', [{ op: 'replace', path: '/data/a', value: '2' }]],
    ] as const)('moves a field to whoever changes it with a %s patch', async (type, patch) => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      const { body } = await api.patch(`${path}?fieldManager=editor`, type, patch);
      expect(body.data).toEqual({ a: '2', b: '1' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:b': {} } });
      expect(ownedBy(body, 'editor', 'Update')).toEqual({ 'f:data': { 'f:a': {} } });
    });

    it('takes a field that somebody removes out of the applier’s entry', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      const { body } = await api.patch(`${path}?fieldManager=editor`, 'merge', { data: { a: null } });
      expect(body.data).toEqual({ b: '1' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:b': {} } });
      expect(ownedBy(body, 'editor', 'Update')).toBeUndefined();
    });

    it('leaves the applier’s entry as it is when somebody adds fields of their own', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const before = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const { body } = await api.patch(`${path}?fieldManager=editor`, 'merge', {
        metadata: { annotations: { note: 'x' } },
      });
      expect(ownedBy(body, 'first')).toEqual(ownedBy(before, 'first'));
      expect(body.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
    });

    it('conflicts with an editor’s field in an apply without force, and takes it back with force', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      await api.patch(`${path}?fieldManager=editor`, 'merge', { data: { a: '2' } });
      const refused = await api.apply(path, 'first', configMap(own, 'one', { a: '1' }), '');
      expect(refused.body.message).toMatch(/conflict with "editor" using v1( at .*)?: \.data\.a/);
      const { body } = await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      expect(body.data).toEqual({ a: '1' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:a': {} } });
      expect(ownedBy(body, 'editor', 'Update')).toBeUndefined();
    });

    it('merges a list by its key with a strategic merge patch, and deletes from it', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      const env = [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ];
      await api.apply(path, 'first', deployment(own, 'web', { env }, { replicas: 0 }));
      const change = [
        { name: 'A', value: '2' },
        { name: 'B', $patch: 'delete' },
      ];
      const patch = { spec: { template: { spec: { containers: [{ name: 'main', env: change }] } } } };
      const { body } = await api.patch(`${path}?fieldManager=editor`, 'strategic-merge', patch);
      expect(body.spec).toMatchObject({
        template: {
          spec: {
            containers: [{ name: 'main', image: 'example.test/main:1', env: [{ name: 'A', value: '2' }] }],
          },
        },
      });
    });

    it('replaces a list whole with a merge patch', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      const containers = [{ name: 'other', image: 'example.test/other:1' }];
      const { body } = await api.patch(path, 'merge', { spec: { template: { spec: { containers } } } });
      expect(body.spec).toMatchObject({ template: { spec: { containers: [{ name: 'other' }] } } });
    });

    it('applies a JSON patch only when its tests hold', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      const patch = (expected: string): unknown => [
        { op: 'test', path: '/data/a', value: expected },
        { op: 'add', path: '/data/b', value: 'new' },
        { op: 'remove', path: '/data/a' },
      ];
      expect((await api.patch(path, 'json', patch('9'))).status).toBe(422);
      expect((await api.patch(path, 'json', patch('1'))).body.data).toEqual({ b: 'new' });
    });
  });
}
