import { describe, expect, it } from 'vitest';
import type { Api } from '../api.ts';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

export function listsAndSelects(target: () => Target): void {
  describe('listing', () => {
    it('lists a namespace in the order of names, with a resourceVersion, and items without their kind', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(api, own, ['c', 'a', 'b']);
      const { body } = await api.get(`${configMapsOf(own)}?labelSelector=made`);
      expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(body.items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c']);
      expect(body.items[0]).not.toHaveProperty('kind');
      expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
    });

    it('lists all namespaces at once', async () => {
      const { api, namespace } = target();
      const [one, two] = [await namespace(), await namespace()];
      await make(api, one, ['everywhere'], { spread: one });
      await make(api, two, ['everywhere'], { spread: one });
      const { body } = await api.get(`/api/v1/configmaps?labelSelector=spread%3D${one}`);
      expect(body.items.map((item) => item.metadata.namespace)).toEqual([one, two].toSorted());
    });

    it('selects by labels, in all their forms', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(api, own, ['a'], { tier: 'web', env: 'prod' });
      await make(api, own, ['b'], { tier: 'db', env: 'prod' });
      await make(api, own, ['c'], { tier: 'db' });
      const select = async (selector: string): Promise<string[]> => {
        const query = encodeURIComponent(`made,${selector}`);
        const { body } = await api.get(`${configMapsOf(own)}?labelSelector=${query}`);
        return body.items.map((item) => item.metadata.name);
      };
      expect(await select('tier=db')).toEqual(['b', 'c']);
      expect(await select('tier==db,env=prod')).toEqual(['b']);
      expect(await select('tier!=db')).toEqual(['a']);
      expect(await select('env!=prod')).toEqual(['c']);
      expect(await select('tier in (web,cache)')).toEqual(['a']);
      expect(await select('tier notin (web)')).toEqual(['b', 'c']);
      expect(await select('env')).toEqual(['a', 'b']);
      expect(await select('!env')).toEqual(['c']);
      expect((await api.get(`${configMapsOf(own)}?labelSelector=%3D%3D`)).status).toBe(400);
    });

    it('selects by fields', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(api, own, ['a', 'b']);
      const { body } = await api.get(`${configMapsOf(own)}?fieldSelector=metadata.name%3Db`);
      expect(body.items.map((item) => item.metadata.name)).toEqual(['b']);
      const everywhere = await api.get(
        `/api/v1/configmaps?fieldSelector=metadata.namespace%3D${own},metadata.name%3Da`,
      );
      expect(everywhere.body.items.map((item) => item.metadata.name)).toEqual(['a']);
      expect((await api.get(`${configMapsOf(own)}?fieldSelector=data.x%3D1`)).status).toBe(400);
    });

    it('pages, as of the first page', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await make(api, own, ['a', 'b', 'c', 'd', 'e'], { paged: 'yes' });
      const page = (query: string) => api.get(`${configMapsOf(own)}?labelSelector=paged&limit=2${query}`);
      const first = (await page('')).body;
      expect(first.items.map((item) => item.metadata.name)).toEqual(['a', 'b']);
      expect(first.metadata.continue).toEqual(expect.any(String));
      await api.send('DELETE', `${configMapsOf(own)}/d`);
      const second = (await page(`&continue=${encodeURIComponent(first.metadata.continue!)}`)).body;
      expect(second.items.map((item) => item.metadata.name)).toEqual(['c', 'd']);
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      const third = (await page(`&continue=${encodeURIComponent(second.metadata.continue!)}`)).body;
      expect(third.items.map((item) => item.metadata.name)).toEqual(['e']);
      expect(third.metadata.continue ?? '').toBe('');
    });

    it('refuses a continue token that it never gave', async () => {
      const { api, namespace } = target();
      expect((await api.get(`${configMapsOf(await namespace())}?limit=2&continue=nonsense`)).status).toBe(
        400,
      );
    });

    it('gives metadata only to those who ask for it', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      await api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'one', { a: '1' }));
      const { body } = await api.get(`${configMapsOf(own)}?fieldSelector=metadata.name%3Done`, PARTIAL_LIST);
      expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
      expect(body.items[0]).not.toHaveProperty('data');
      expect(body.items[0]?.metadata).toMatchObject({ name: 'one', managedFields: [{ manager: 'first' }] });
      const one = (await api.get(`${configMapsOf(own)}/one`, PARTIAL)).body;
      expect(one).toMatchObject({
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'one' },
      });
      expect(one).not.toHaveProperty('data');
    });

    it("lists a thousand objects whole through Muster's client, which pages", async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const names = Array.from({ length: 1001 }, (_, index) => `many-${String(index).padStart(4, '0')}`);
      for (let from = 0; from < names.length; from += 50) await make(api, own, names.slice(from, from + 50));
      const resource = (await client.resourceFor('', 'v1', 'ConfigMap'))!;
      const list = await client.list(resource, { namespace: own, labelSelector: 'made', metadataOnly: true });
      expect(list.items.map((item) => item.metadata.name)).toEqual(names);
      expect(list.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    });
  });
}

async function make(
  api: Api,
  namespace: string,
  names: readonly string[],
  labels: object = {},
): Promise<void> {
  const made = await Promise.all(
    names.map((name) =>
      api.send('POST', configMapsOf(namespace), {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { made: 'here', ...labels } },
      }),
    ),
  );
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
}
