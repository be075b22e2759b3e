import { describe, expect, it } from 'vitest';
import { KubeApiError } from '@muster/kube';
import { ownedBy } from '../api.ts';
import type { Body } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function appliesOwnership(target: () => Target): void {
  describe('owning fields', () => {
    it('refuses to take another manager’s field without force, and names manager and field', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      const refused = await api.apply(path, 'second', configMap(own, 'one', { a: '2', b: '1' }), '');
      expect(refused).toMatchObject({
        status: 409,
        body: {
          reason: 'Conflict',
          message: 'Apply failed with 1 conflict: conflict with "first": .data.a',
          details: {
            causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "first"', field: '.data.a' }],
          },
        },
      });
      expect((await api.get(path)).body.data).toEqual({ a: '1', b: '1' });
    });

    it("tells conflicts through Muster's client", async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      await api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'one', { a: '1' }));
      const resource = (await client.resourceFor('', 'v1', 'ConfigMap'))!;
      const body = Buffer.from(JSON.stringify(configMap(own, 'one', { a: '2' })));
      const error: unknown = await client
        .apply(resource, { namespace: own, name: 'one' }, body, { fieldManager: 'second', force: false })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(KubeApiError);
      expect(error).toMatchObject({
        status: 409,
        reason: 'Conflict',
        details: { causes: [{ field: '.data.a' }] },
      });
    });

    it('names every conflict, and every manager', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      await api.apply(path, 'second', configMap(own, 'one', { c: '1' }));
      const { body } = await api.apply(path, 'third', configMap(own, 'one', { a: '2', b: '2', c: '2' }), '');
      expect(body.message).toMatch(/^Apply failed with 3 conflicts: /);
      expect(body.details?.causes?.map((cause) => `${cause.message} ${cause.field}`).toSorted()).toEqual([
        'conflict with "first" .data.a',
        'conflict with "first" .data.b',
        'conflict with "second" .data.c',
      ]);
    });

    it('takes a field over by force, and the loser owns it no more', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1', b: '1' }));
      const { body } = await api.apply(path, 'second', configMap(own, 'one', { a: '2' }));
      expect(body.data).toEqual({ a: '2', b: '1' });
      expect(ownedBy(body, 'first')).toEqual({ 'f:data': { 'f:b': {} } });
      expect(ownedBy(body, 'second')).toEqual({ 'f:data': { 'f:a': {} } });
    });

    it('shares a field between managers that agree on its value, until the last lets it go', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      const both = await api.apply(path, 'second', configMap(own, 'one', { a: '1' }), '');
      expect(both.status).toBe(200);
      expect(both.body.metadata.managedFields?.map((entry) => entry.manager).toSorted()).toEqual([
        'first',
        'second',
      ]);
      const one = await api.apply(path, 'first', configMap(own, 'one'));
      expect(one.body.data).toEqual({ a: '1' });
      expect(ownedBy(one.body, 'first')).toBeUndefined();
      const none = await api.apply(path, 'second', configMap(own, 'one'));
      expect(none.body.data).toBeUndefined();
    });

    it('keeps the time of an entry whose fields do not change', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const before = (await api.apply(path, 'first', configMap(own, 'one', { a: '1' }))).body;
      const after = (await api.apply(path, 'second', configMap(own, 'one', { b: '1' }))).body;
      const entry = (body: typeof before) =>
        body.metadata.managedFields?.find(({ manager }) => manager === 'first');
      expect(entry(after)).toEqual(entry(before));
    });

    it('stamps an entry when its manager applies another value, and only then', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const entryOf = (body: Body, of: string) =>
        body.metadata.managedFields?.find(({ manager }) => manager === of);
      const first = entryOf(
        (await api.apply(path, 'first', configMap(own, 'one', { a: '0' }))).body,
        'first',
      );
      let stamped = first;
      let value = 0;
      // Times are whole seconds.
      for (; stamped?.time === first?.time; value++) {
        const { body } = await api.apply(path, 'first', configMap(own, 'one', { a: `${value + 1}` }));
        stamped = entryOf(body, 'first');
      }
      expect(stamped?.fieldsV1).toEqual(first?.fieldsV1);
      let other: Body;
      do {
        other = (await api.patch(`${path}?fieldManager=second`, 'merge', { data: { b: `${value++}` } })).body;
      } while (entryOf(other, 'second')?.time === stamped?.time);
      expect(entryOf(other, 'first')).toEqual(stamped);
      const same = await api.apply(path, 'first', configMap(own, 'one', { a: other.data!['a']! }));
      expect(same.body.metadata.resourceVersion).toBe(other.metadata.resourceVersion);
      expect(entryOf(same.body, 'first')).toEqual(stamped);
    });

    it('gives a manager of the same name two entries for its two operations', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      const { body } = await api.patch(`${path}?fieldManager=first`, 'merge', { data: { b: '1' } });
      expect(ownedBy(body, 'first', 'Apply')).toEqual({ 'f:data': { 'f:a': {} } });
      expect(ownedBy(body, 'first', 'Update')).toEqual({ 'f:data': { 'f:b': {} } });
    });

    it('lets managedFields be cleared, and then says who was before the first apply', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await api.apply(path, 'first', configMap(own, 'one', { a: '1' }));
      const cleared = await api.patch(path, 'merge', { metadata: { managedFields: [{}] } });
      expect(cleared.body.metadata.managedFields ?? []).toEqual([]);
      const { body } = await api.apply(path, 'second', configMap(own, 'one', { b: '1' }));
      expect(ownedBy(body, 'before-first-apply', 'Update')).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
      expect(ownedBy(body, 'second')).toEqual({ 'f:data': { 'f:b': {} } });
    });

    it('refuses managedFields in an apply', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const metadata = { name: 'one', namespace: own, managedFields: [{ manager: 'x', operation: 'Apply' }] };
      const answer = await api.apply(`${configMapsOf(own)}/one`, 'first', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
      });
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain('metadata.managedFields must be nil');
    });
  });
}
