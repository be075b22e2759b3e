import { describe, expect, it } from 'vitest';
import { ownedBy } from '../api.ts';
import type { Target } from '../target.ts';

const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.conformance.test';

export function servesCustomResources(target: () => Target): void {
  describe('serving custom resources', () => {
    it('serves a kind once its definition is established, and no more once that is deleted', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      expect(await client.resourceFor('conformance.test', 'v1', 'Widget')).toBeUndefined();
      expect((await api.apply(DEFINITION, 'first', definition())).status).toBe(201);
      const path = `/apis/conformance.test/v1/namespaces/${own}/widgets`;
      await expect
        .poll(async () => conditionOf((await api.get(DEFINITION)).body.status, 'Established'), WAIT)
        .toBe('True');
      await expect.poll(async () => (await api.get(path)).status, WAIT).toBe(200);
      await expect
        .poll(async () => {
          client.invalidateDiscovery();
          return client.resourceFor('conformance.test', 'v1', 'Widget');
        }, WAIT)
        .toMatchObject({ plural: 'widgets', namespaced: true });

      const widget = {
        apiVersion: 'conformance.test/v1',
        kind: 'Widget',
        metadata: { name: 'one', namespace: own },
      };
      const made = await api.apply(`${path}/one`, 'first', {
        ...widget,
        spec: { size: 1, parts: [{ id: 'a', note: 'x' }] },
      });
      expect(made.status).toBe(201);
      expect(ownedBy(made.body, 'first')).toEqual({
        'f:spec': { 'f:parts': { 'k:{"id":"a"}': { '.': {}, 'f:id': {}, 'f:note': {} } }, 'f:size': {} },
      });
      const merged = await api.apply(
        `${path}/one`,
        'second',
        { ...widget, spec: { parts: [{ id: 'b' }] } },
        '',
      );
      expect(merged.body.spec).toEqual({ size: 1, parts: [{ id: 'a', note: 'x' }, { id: 'b' }] });
      const invalid = await api.apply(`${path}/one`, 'first', { ...widget, spec: { size: 'large' } });
      expect(invalid.status).toBeGreaterThanOrEqual(400);
      expect(invalid.status).toBeLessThanOrEqual(500);

      expect((await api.send('DELETE', DEFINITION)).status).toBe(200);
      await expect.poll(async () => (await api.get(path)).status, WAIT).toBe(404);
    });
  });
}

const WAIT = { timeout: 30_000, interval: 100 };

function conditionOf(status: unknown, type: string): string | undefined {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return conditions.find((condition) => condition.type === type)?.status;
}

function definition(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.conformance.test' },
    spec: {
      group: 'conformance.test',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    size: { type: 'integer' },
                    parts: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['id'],
                      items: {
                        type: 'object',
                        required: ['id'],
                        properties: { id: { type: 'string' }, note: { type: 'string' } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };
}
