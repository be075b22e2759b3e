import { startWebhookServer, type WebhookObject } from '@muster/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiAnswer } from '../api.ts';
import type { Target } from '../target.ts';

const GROUP = 'converted.test';
const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/crates.${GROUP}`;
const WAIT = { timeout: 30_000, interval: 100 };

/** `v1` has a size, `v2` calls it capacity; `v1` is stored. */
function definition(clientConfig: object): object {
  const version = (name: string, field: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } },
      },
    },
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `crates.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: 'crates', singular: 'crate', kind: 'Crate', listKind: 'CrateList' },
      versions: [version('v1', 'size', true), version('v2', 'capacity', false)],
      conversion: {
        strategy: 'Webhook',
        webhook: { conversionReviewVersions: ['v1'], clientConfig },
      },
    },
  };
}

function convert(objects: readonly WebhookObject[], apiVersion: string): WebhookObject[] {
  return objects.map((object) => {
    const { size, capacity } = object['spec'] as { size?: number; capacity?: number };
    const amount = size ?? capacity;
    return {
      ...object,
      apiVersion,
      spec: apiVersion.endsWith('v2') ? { capacity: amount } : { size: amount },
    };
  });
}

const crate = (namespace: string, name: string, version: string, spec: object): object => ({
  apiVersion: `${GROUP}/${version}`,
  kind: 'Crate',
  metadata: { name, namespace },
  spec,
});

export function convertsCustomResources(target: () => Target): void {
  describe('converting custom resources', () => {
    it('shows and takes each version, and only what a broken webhook would convert breaks with it', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      let isBroken = false;
      const server = await startWebhookServer({
        conversion: {
          '/convert': (objects, version) => {
            if (isBroken) throw new Error('out of order');
            return convert(objects, version);
          },
        },
      });
      onTestFinished(() => server.stop());
      onTestFinished(async () => void (await api.send('DELETE', DEFINITION)));
      expect((await api.apply(DEFINITION, 'first', definition(server.clientConfig('/convert')))).status).toBe(
        201,
      );
      const path = (version: string, name = ''): string =>
        `/apis/${GROUP}/${version}/namespaces/${own}/crates${name === '' ? '' : `/${name}`}`;
      await expect.poll(async () => (await api.get(path('v2'))).status, WAIT).toBe(200);

      const made = await api.apply(path('v2', 'new'), 'first', crate(own, 'new', 'v2', { capacity: 2 }));
      expect(made).toMatchObject({ status: 201, body: { apiVersion: `${GROUP}/v2`, spec: { capacity: 2 } } });
      await api.apply(path('v1', 'old'), 'first', crate(own, 'old', 'v1', { size: 1 }));
      expect((await api.get(path('v1', 'new'))).body).toMatchObject({
        apiVersion: `${GROUP}/v1`,
        spec: { size: 2 },
        metadata: { uid: made.body.metadata.uid },
      });
      const specs = async (version: string): Promise<unknown[]> =>
        (await api.get(path(version))).body.items.map(({ spec }) => spec);
      expect(await specs('v1')).toEqual([{ size: 2 }, { size: 1 }]);
      expect(await specs('v2')).toEqual([{ capacity: 2 }, { capacity: 1 }]);
      const again = await api.apply(path('v2', 'new'), 'first', crate(own, 'new', 'v2', { capacity: 2 }));
      expect(again.body.metadata.resourceVersion).toBe(made.body.metadata.resourceVersion);

      isBroken = true;
      await api.apply(path('v1', 'late'), 'first', crate(own, 'late', 'v1', { size: 3 }));
      const broken = `conversion webhook for ${GROUP}/v1, Kind=Crate failed: out of order`;
      const refused = (answer: ApiAnswer): void =>
        expect(answer).toMatchObject({ status: 500, body: { kind: 'Status', message: broken } });
      refused(await api.get(path('v2', 'late')));
      refused(await api.get(path('v2')));
      refused(await api.apply(path('v2', 'late'), 'second', crate(own, 'late', 'v2', { capacity: 4 })));
      expect(await specs('v1')).toHaveLength(3);
      expect((await api.send('DELETE', path('v1', 'late'))).status).toBe(200);
    });
  });
}
