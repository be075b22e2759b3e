import type { KubeClient, Resource } from '@muster/kube';
import { setTimeout as delay } from 'node:timers/promises';

/** A kind that has every class of field there is for server-side apply. */
export const widgets: Resource = {
  group: 'drift.example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
  verbs: [],
};

const crds: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  verbs: [],
};

const texts = { type: 'array', items: { type: 'string' } };

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.drift.example.com' },
  spec: {
    group: 'drift.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              spec: {
                type: 'object',
                properties: {
                  scalar: { type: 'integer', format: 'int64' },
                  defaulted: { type: 'string', default: 'by-the-api' },
                  other: { type: 'string' },
                  map: { type: 'object', additionalProperties: { type: 'string' } },
                  atomicMap: {
                    type: 'object',
                    additionalProperties: { type: 'string' },
                    'x-kubernetes-map-type': 'atomic',
                  },
                  set: { ...texts, 'x-kubernetes-list-type': 'set' },
                  atomicList: texts,
                  keyed: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: {
                        name: { type: 'string' },
                        value: { type: 'string' },
                        extra: { type: 'string' },
                      },
                    },
                  },
                  preserved: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** As the manifest of every test has it. */
export function widget(name: string, spec: object = {}): object {
  return {
    apiVersion: 'drift.example.com/v1',
    kind: 'Widget',
    metadata: { name, labels: { team: 'a' }, annotations: { note: 'ours' } },
    spec: {
      scalar: 1,
      map: { a: '1', b: '2' },
      atomicMap: { a: '1' },
      set: ['x', 'y'],
      atomicList: ['p', 'q'],
      keyed: [
        { name: 'one', value: '1' },
        { name: 'two', value: '2' },
      ],
      preserved: { deep: { a: 1 }, list: [{ a: 1 }], empty: {} },
      ...spec,
    },
  };
}

export async function defineWidgets(kube: KubeClient): Promise<void> {
  await kube.create(crds, undefined, crd);
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(50)) {
    const served = await kube.list(widgets).then(
      () => true,
      () => false,
    );
    if (served) return;
  }
  throw new Error('the API server does not serve widgets');
}
