import { describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

const WAIT = { timeout: 45_000, interval: 100 };
const nobody = '00000000-0000-4000-8000-00000000dead';

export function collectsGarbage(target: () => Target): void {
  describe('collecting what is owned', () => {
    it('deletes in the background what is owned by what was owned', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const owner = await owned(target(), own, 'owner', []);
      const child = await owned(target(), own, 'child', [reference(owner)]);
      await owned(target(), own, 'grandchild', [reference(child)]);
      await remove(target(), owner, 'Background');
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual([]);
      expect((await api.get(pathOf(owner))).status).toBe(404);
    });

    it('keeps an owner that is deleted in the foreground until what blocks it has gone', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const owner = await owned(target(), own, 'owner', []);
      const child = await owned(target(), own, 'child', [{ ...reference(owner), blockOwnerDeletion: true }], {
        finalizers: ['example.test/hold'],
      });
      await remove(target(), owner, 'Foreground');
      await expect
        .poll(async () => (await api.get(pathOf(child))).body.metadata.deletionTimestamp, WAIT)
        .toBeDefined();
      expect((await api.get(pathOf(owner))).body.metadata['finalizers']).toEqual(['foregroundDeletion']);
      await api.patch(pathOf(child), 'merge', { metadata: { finalizers: null } });
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual([]);
    });

    it('doesn’t wait in the foreground for what doesn’t block', async () => {
      const own = await target().namespace();
      const owner = await owned(target(), own, 'owner', []);
      const hold = { finalizers: ['example.test/hold'] };
      const child = await owned(target(), own, 'child', [reference(owner)], hold);
      await remove(target(), owner, 'Foreground');
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual(['child']);
      expect((await target().api.get(pathOf(child))).status).toBe(200);
    });

    it('leaves dependents without the owner that is deleted as an orphaning one', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const owner = await owned(target(), own, 'owner', []);
      const child = await owned(target(), own, 'child', [reference(owner)]);
      await remove(target(), owner, 'Orphan');
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual(['child']);
      expect((await api.get(pathOf(child))).body.metadata.ownerReferences).toBeUndefined();
    });

    it('takes only the reference away where another owner is left', async () => {
      const own = await target().namespace();
      const first = await owned(target(), own, 'first', []);
      const second = await owned(target(), own, 'second', []);
      const child = await owned(target(), own, 'child', [reference(first), reference(second)]);
      await remove(target(), first, 'Background');
      await expect.poll(() => ownersOf(target(), child), WAIT).toEqual(['second']);
    });

    it('takes the reference away also where one of two owners is deleted in the foreground', async () => {
      const own = await target().namespace();
      const first = await owned(target(), own, 'first', []);
      const second = await owned(target(), own, 'second', []);
      const references = [{ ...reference(first), blockOwnerDeletion: true }, reference(second)];
      const child = await owned(target(), own, 'child', references);
      await remove(target(), first, 'Foreground');
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual(['child', 'second']);
      expect(await ownersOf(target(), child)).toEqual(['second']);
    });

    it('deletes what names an owner that isn’t there, also when it is named only later', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const absent = { apiVersion: 'v1', kind: 'ConfigMap', name: 'absent', uid: nobody };
      await owned(target(), own, 'child', [absent]);
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual([]);
      const later = await owned(target(), own, 'later', []);
      await api.patch(pathOf(later), 'merge', { metadata: { ownerReferences: [absent] } });
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual([]);
    });

    it('deletes what names an owner of another namespace, which is none', async () => {
      const { namespace } = target();
      const [there, here] = [await namespace(), await namespace()];
      const owner = await owned(target(), there, 'owner', []);
      const beside = await owned(target(), there, 'beside', [reference(owner)]);
      await owned(target(), here, 'child', [reference(owner)]);
      await expect.poll(() => namesIn(target(), here), WAIT).toEqual([]);
      expect(await namesIn(target(), there)).toEqual(['beside', 'owner']);
      expect(await ownersOf(target(), beside)).toEqual(['owner']);
    });

    it('lets a cluster’s object own a namespace’s, but not the other way around', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const role = (name: string, ownerReferences: readonly object[]): Promise<ApiAnswer> =>
        api.send('POST', CLUSTER_ROLES, {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: `${own}-${name}`, ownerReferences },
          rules: [],
        });
      const inNamespace = await owned(target(), own, 'owner', []);
      const strange = await role('strange', [reference(inNamespace)]);
      const owner = await role('owner', []);
      await owned(target(), own, 'child', [reference(owner)]);
      const { name: ownerName } = owner.body.metadata;
      await api.send('DELETE', `${CLUSTER_ROLES}/${ownerName}`);
      await expect.poll(() => namesIn(target(), own), WAIT).toEqual(['owner']);
      // What can't be looked up is left alone, even when the owner that it means has gone.
      await remove(target(), inNamespace, 'Background');
      const sentinel = await owned(target(), own, 'sentinel', [reference(inNamespace)]);
      await expect.poll(async () => (await api.get(pathOf(sentinel))).status, WAIT).toBe(404);
      expect((await api.get(`${CLUSTER_ROLES}/${strange.body.metadata.name}`)).status).toBe(200);
    });

    it('refuses two controllers, and an owner without a uid', async () => {
      const own = await target().namespace();
      const one = { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', uid: nobody, controller: true };
      const two = await owned(target(), own, 'child', [one, { ...one, name: 'two', uid: `${nobody}2` }]);
      expect(two).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
      expect(two.body.message).toContain('Only one reference can have Controller set to true');
      const anonymous = await owned(target(), own, 'child', [{ ...one, uid: '' }]);
      expect(anonymous).toMatchObject({
        status: 422,
        body: { details: { causes: [{ field: 'metadata.ownerReferences.uid' }] } },
      });
    });
  });
}

const CLUSTER_ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

/** Makes a ConfigMap with these owners. */
function owned(
  { api }: Target,
  namespace: string,
  name: string,
  ownerReferences: readonly object[],
  metadata: object = {},
): Promise<ApiAnswer> {
  return api.send('POST', configMapsOf(namespace), {
    ...configMap(namespace, name),
    metadata: { name, namespace, ownerReferences, ...metadata },
  });
}

/** As a dependent names its owner. */
function reference({ body }: ApiAnswer): object {
  const { apiVersion, kind } = body;
  return { apiVersion, kind, name: body.metadata.name, uid: body.metadata.uid };
}

function pathOf({ body }: ApiAnswer): string {
  return `${configMapsOf(body.metadata.namespace ?? '')}/${body.metadata.name}`;
}

function remove(
  { api }: Target,
  object: ApiAnswer,
  propagationPolicy: 'Background' | 'Foreground' | 'Orphan',
): Promise<ApiAnswer> {
  return api.send('DELETE', pathOf(object), { propagationPolicy });
}

async function ownersOf({ api }: Target, object: ApiAnswer): Promise<readonly string[]> {
  const { ownerReferences = [] } = (await api.get(pathOf(object))).body.metadata;
  return ownerReferences.map(({ name }) => name);
}

/** Of the ConfigMaps that a case has made, not of the one that a controller puts into every namespace. */
async function namesIn({ api }: Target, namespace: string): Promise<readonly string[]> {
  const { items } = (await api.get(configMapsOf(namespace))).body;
  return items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
}
