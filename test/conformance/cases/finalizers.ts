import { describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function finalizesObjects(target: () => Target): void {
  describe('finalizing', () => {
    it('tells a watch of an object that waits as changed, and as deleted only when the last finalizer goes', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const made = await held(target(), own, ['example.test/first', 'example.test/second']);
      await api.send('DELETE', path);
      await api.patch(path, 'merge', { metadata: { finalizers: ['example.test/second'] } });
      await api.patch(path, 'merge', { metadata: { finalizers: null } });
      const since = made.body.metadata.resourceVersion ?? '';
      expect(await eventsSince(target(), own, since)).toEqual([
        'MODIFIED going, held by example.test/first, example.test/second',
        'MODIFIED going, held by example.test/second',
        'DELETED going, held by example.test/second',
      ]);
    });

    it('changes nothing when an object that waits is deleted again', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await held(target(), own, ['example.test/hold']);
      const first = await api.send('DELETE', path);
      const second = await api.send('DELETE', path);
      expect(second.status).toBe(200);
      expect(second.body.metadata).toEqual(first.body.metadata);
    });

    it('lets an object that waits be changed otherwise, and keeps its time of deletion', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await held(target(), own, ['example.test/hold']);
      const { deletionTimestamp } = (await api.send('DELETE', path)).body.metadata;
      const changed = await api.patch(path, 'merge', {
        metadata: { deletionTimestamp: null, labels: { app: 'one' } },
      });
      expect(changed).toMatchObject({
        status: 200,
        body: { metadata: { deletionTimestamp, labels: { app: 'one' } } },
      });
    });

    it('says which finalizers can’t be added any more', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await held(target(), own, ['example.test/hold']);
      await api.send('DELETE', path);
      const applied = await api.apply(path, 'late', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'one', finalizers: ['example.test/late'] },
      });
      expect(applied).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      expect(applied.body.message).toContain(
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, ' +
          'found new finalizers []string{"example.test/late"}',
      );
    });

    it('deletes by preconditions only what they are true of, also where a finalizer holds', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const { uid, resourceVersion } = (await held(target(), own, ['example.test/hold'])).body.metadata;
      await api.patch(path, 'merge', { data: { key: 'newer' } });
      const stale = await api.send('DELETE', path, { preconditions: { uid, resourceVersion } });
      expect(stale).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
      expect((await api.get(path)).body.metadata.deletionTimestamp).toBeUndefined();
      const newest = (await api.get(path)).body.metadata.resourceVersion;
      const right = await api.send('DELETE', path, { preconditions: { uid, resourceVersion: newest } });
      expect(right.body.metadata.deletionTimestamp).toBeDefined();
    });

    it('dry-runs a deletion that would wait, and marks nothing', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await held(target(), own, ['example.test/hold']);
      const dry = await api.send('DELETE', `${path}?dryRun=All`);
      expect(dry.body.metadata.deletionTimestamp).toBeDefined();
      expect((await api.get(path)).body.metadata.deletionTimestamp).toBeUndefined();
    });

    it('remembers by a finalizer how to propagate, until another deletion asks for another way', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      // A dependent that can't go keeps the garbage collector from finishing what it is asked for.
      const owner = await held(target(), own, ['example.test/hold']);
      await blocking(target(), own, owner);
      const foreground = await api.send('DELETE', path, { propagationPolicy: 'Foreground' });
      expect(foreground.body.metadata['finalizers']).toEqual(['example.test/hold', 'foregroundDeletion']);
      const background = await api.send('DELETE', path, { propagationPolicy: 'Background' });
      expect(background.body.metadata['finalizers']).toEqual(['example.test/hold']);
    });

    it('refuses a way of propagation that it doesn’t know, and two at once', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      await held(target(), own, []);
      const unknown = await api.send('DELETE', path, { propagationPolicy: 'Sideways' });
      expect(unknown).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      const both = await api.send('DELETE', path, {
        propagationPolicy: 'Background',
        orphanDependents: true,
      });
      expect(both).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      expect((await api.get(path)).status).toBe(200);
    });

    it('refuses finalizers whose name says nobody’s domain', async () => {
      const own = await target().namespace();
      const refused = await held(target(), own, ['hold']);
      expect(refused).toMatchObject({
        status: 422,
        body: { reason: 'Invalid', details: { causes: [{ field: 'metadata.finalizers[0]' }] } },
      });
    });
  });
}

/** Makes a ConfigMap `one` that these finalizers hold. */
function held({ api }: Target, namespace: string, finalizers: readonly string[]): Promise<ApiAnswer> {
  return api.send('POST', configMapsOf(namespace), {
    ...configMap(namespace, 'one'),
    metadata: { name: 'one', namespace, finalizers },
  });
}

/** Makes a ConfigMap that blocks its owner's deletion, and itself can't go. */
function blocking({ api }: Target, namespace: string, owner: ApiAnswer): Promise<ApiAnswer> {
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', uid: owner.body.metadata.uid };
  return api.send('POST', configMapsOf(namespace), {
    ...configMap(namespace, 'blocking'),
    metadata: {
      name: 'blocking',
      namespace,
      finalizers: ['example.test/hold'],
      ownerReferences: [{ ...reference, blockOwnerDeletion: true }],
    },
  });
}

/** What a watch of the ConfigMap `one` tells within a second: type, whether it is going, and what holds it. */
async function eventsSince({ api }: Target, namespace: string, since: string): Promise<readonly string[]> {
  const query = `watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Done&resourceVersion=${since}`;
  const { message = '' } = (await api.get(`${configMapsOf(namespace)}?${query}`)).body;
  return message
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { type, object } = JSON.parse(line) as WatchLine;
      const going = object.metadata.deletionTimestamp === undefined ? 'staying' : 'going';
      return `${type} ${going}, held by ${(object.metadata.finalizers ?? []).join(', ')}`;
    });
}

interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly deletionTimestamp?: string; readonly finalizers?: readonly string[] };
  };
}
