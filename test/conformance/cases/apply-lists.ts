import { describe, expect, it } from 'vitest';
import { ownedBy, type Body } from '../api.ts';
import { deployment, deploymentsOf } from '../objects.ts';
import type { Target } from '../target.ts';

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly unknown[];
  readonly args?: readonly string[];
}

export function appliesListsByKey(target: () => Target): void {
  describe('applying lists', () => {
    it('merges containers and their environment by name, each manager its own', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(
        path,
        'first',
        deployment(own, 'web', { env: [{ name: 'A', value: '1' }] }, { replicas: 0 }),
      );
      const sidecar = withContainers(own, [
        { name: 'main', env: [{ name: 'B', value: '2' }] },
        { name: 'sidecar', image: 'example.test/sidecar:1' },
      ]);
      const { body } = await api.apply(path, 'second', sidecar, '');
      expect(containersOf(body)).toMatchObject([
        {
          name: 'main',
          image: 'example.test/main:1',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        { name: 'sidecar', image: 'example.test/sidecar:1' },
      ]);
      expect(ownedBy(body, 'second')).toEqual({
        'f:spec': {
          'f:template': {
            'f:spec': {
              'f:containers': {
                'k:{"name":"main"}': {
                  'f:env': { 'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                  '.': {},
                  'f:name': {},
                },
                'k:{"name":"sidecar"}': { '.': {}, 'f:image': {}, 'f:name': {} },
              },
            },
          },
        },
      });
    });

    it('removes an element that nobody applies any more, and keeps the others’', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      const env = (names: readonly string[]): object =>
        deployment(own, 'web', { env: names.map((name) => ({ name, value: '1' })) }, { replicas: 0 });
      await api.apply(path, 'first', env(['A', 'B', 'C']));
      await api.apply(
        path,
        'second',
        withContainers(own, [{ name: 'main', env: [{ name: 'D', value: '1' }] }]),
      );
      const { body } = await api.apply(path, 'first', env(['C', 'A']));
      expect(
        containersOf(body)[0]
          ?.env?.map(({ name }) => name)
          .toSorted(),
      ).toEqual(['A', 'C', 'D']);
    });

    it('orders the elements as the manager that applies them does', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      const env = (names: readonly string[]): object =>
        deployment(own, 'web', { env: names.map((name) => ({ name, value: '1' })) }, { replicas: 0 });
      await api.apply(path, 'first', env(['A', 'B', 'C']));
      const { body } = await api.apply(path, 'first', env(['C', 'A', 'B']));
      expect(containersOf(body)[0]?.env?.map(({ name }) => name)).toEqual(['C', 'A', 'B']);
    });

    it('tells ports apart by number and protocol, TCP where none is given', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const ports = [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }];
      const body = deployment(own, 'web', { ports }, { replicas: 0 });
      const made = (await api.apply(`${deploymentsOf(own)}/web`, 'first', body)).body;
      expect(containersOf(made)[0]?.ports).toEqual([
        { containerPort: 53, protocol: 'TCP' },
        { containerPort: 53, protocol: 'UDP' },
      ]);
      const owned = JSON.stringify(ownedBy(made, 'first'));
      expect(owned).toContain(String.raw`"k:{\"containerPort\":53,\"protocol\":\"TCP\"}"`);
      expect(owned).toContain(String.raw`"k:{\"containerPort\":53,\"protocol\":\"UDP\"}"`);
    });

    it('takes an atomic list whole', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', { args: ['a', 'b'] }, { replicas: 0 }));
      const other = withContainers(own, [{ name: 'main', args: ['c'] }]);
      const refused = await api.apply(path, 'second', other, '');
      expect(refused.body.details?.causes).toMatchObject([
        { field: '.spec.template.spec.containers[name="main"].args' },
      ]);
      const { body } = await api.apply(path, 'second', other);
      expect(containersOf(body)[0]?.args).toEqual(['c']);
    });

    it('merges a set by its values', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `/api/v1/namespaces/${own}/configmaps/one`;
      const holding = (finalizers: readonly string[]): object => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'one', namespace: own, finalizers },
      });
      await api.apply(path, 'first', holding(['example.test/a', 'example.test/b']));
      const { body } = await api.apply(path, 'second', holding(['example.test/c']), '');
      expect(body.metadata.finalizers).toEqual(['example.test/a', 'example.test/b', 'example.test/c']);
      expect(ownedBy(body, 'second')).toEqual({
        'f:metadata': { 'f:finalizers': { 'v:"example.test/c"': {} } },
      });
      const less = (await api.apply(path, 'first', holding(['example.test/b']))).body;
      expect(less.metadata.finalizers).toEqual(['example.test/b', 'example.test/c']);
    });

    it('takes an atomic map whole', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `/api/v1/namespaces/${own}/services/one`;
      const service = (selector: object): object => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'one', namespace: own },
        spec: { selector, ports: [{ port: 80 }] },
      });
      const made = (await api.apply(path, 'first', service({ a: '1', b: '1' }))).body;
      expect(ownedBy(made, 'first')).toEqual({
        'f:spec': {
          'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
          'f:selector': {},
        },
      });
      const { body } = await api.apply(path, 'second', service({ c: '1' }));
      expect(body.spec).toMatchObject({ selector: { c: '1' } });
    });

    it('refuses a list that has a key twice', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const twice = deployment(own, 'web', {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      });
      const answer = await api.apply(`${deploymentsOf(own)}/web`, 'first', twice);
      expect(answer.status).toBe(500);
      expect(answer.body.message).toContain('duplicate entries for key [name="A"]');
    });

    it('names the path of an element in a conflict', async () => {
      const { api, namespace } = target();
      const own = await namespace();
      const path = `${deploymentsOf(own)}/web`;
      await api.apply(path, 'first', deployment(own, 'web', {}, { replicas: 0 }));
      const { body } = await api.apply(
        path,
        'second',
        withContainers(own, [{ name: 'main', image: 'example.test/main:2' }]),
        '',
      );
      expect(body.details?.causes).toMatchObject([
        { field: '.spec.template.spec.containers[name="main"].image' },
      ]);
    });
  });
}

/** An apply configuration of nothing but some containers. */
function withContainers(namespace: string, containers: readonly Container[]): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { template: { spec: { containers } } },
  };
}

function containersOf(body: Body): readonly Container[] {
  const { template } = body.spec as { template: { spec: { containers: readonly Container[] } } };
  return template.spec.containers;
}
