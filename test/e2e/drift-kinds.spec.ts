import { createKubeClient } from '@muster/kube';
import type { JsonPatchOperation, KubeClient, Resource } from '@muster/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, whyNoClusters } from '../src/index.ts';
import type { TestCluster } from '../src/index.ts';
import { AgentProcess, eventually } from './agent-process.ts';

const why = await whyNoClusters();

function resource(group: string, kind: string, plural: string, version = 'v1'): Resource {
  return { group, version, kind, plural, namespaced: true, verbs: [] };
}

const deployments = resource('apps', 'Deployment', 'deployments');
const services = resource('', 'Service', 'services');
const policies = resource('networking.k8s.io', 'NetworkPolicy', 'networkpolicies');
const ingresses = resource('networking.k8s.io', 'Ingress', 'ingresses');
const roles = resource('rbac.authorization.k8s.io', 'Role', 'roles');
const secrets = resource('', 'Secret', 'secrets');

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', finalizers: ['example.com/ours'] },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        volumes: [{ name: 'cache', emptyDir: {} }],
        containers: [
          {
            name: 'web',
            image: 'registry.example.com/web:1',
            args: ['--quiet'],
            env: [{ name: 'LEVEL', value: 'info' }],
            ports: [{ containerPort: 80 }],
            resources: { limits: { cpu: '1000m', memory: '128Mi' } },
          },
        ],
      },
    },
  },
};

const manifests = [
  deployment,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      selector: { app: 'web' },
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: {
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
      rules: [{ host: 'a.example.com' }],
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'web' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: { password: 'a' } },
];

const container = '/spec/template/spec/containers/0';

/** What somebody does to objects of Kubernetes' own kinds, by the schemas that those have. */
const found: [string, Resource, JsonPatchOperation['op'], string, unknown?][] = [
  ['the replicas', deployments, 'replace', '/spec/replicas', 5],
  ['an image', deployments, 'replace', `${container}/image`, 'registry.example.com/web:2'],
  ['an argument, in an atomic list', deployments, 'add', `${container}/args/-`, '--loud'],
  ["a variable's value", deployments, 'replace', `${container}/env/0/value`, 'debug'],
  ['a variable that is removed', deployments, 'remove', `${container}/env/0`],
  ['a port that is removed', deployments, 'remove', `${container}/ports/0`],
  ['a limit', deployments, 'replace', `${container}/resources/limits/cpu`, '2'],
  ['a key that is added to an atomic map', deployments, 'add', '/spec/template/spec/nodeSelector/zone', 'a'],
  [
    'an item that is added to an atomic list',
    deployments,
    'add',
    '/spec/template/spec/tolerations/-',
    { operator: 'Exists' },
  ],
  ['a finalizer that is removed', deployments, 'remove', '/metadata/finalizers/0'],
  ['a port of a Service that is removed', services, 'remove', '/spec/ports/1'],
  ['a selector, in an atomic map', services, 'add', '/spec/selector/canary', 'true'],
  ['a selector that is empty', policies, 'add', '/spec/podSelector/matchLabels', { app: 'x' }],
  ['a rule, in an atomic list', policies, 'add', '/spec/ingress/0/ports/-', { port: 81 }],
  ['a host, in an atomic list', ingresses, 'replace', '/spec/rules/0/host', 'b.example.com'],
  ['a verb, in an atomic list', roles, 'add', '/rules/0/verbs/-', 'delete'],
  ["a Secret's value", secrets, 'replace', '/data/password', 'c3RvbGVu'],
];

/** What the manifest says nothing of. */
const unseen: typeof found = [
  ['a sidecar', deployments, 'add', '/spec/template/spec/containers/-', { name: 'sidecar', image: 'x' }],
  ['a variable that is added', deployments, 'add', `${container}/env/-`, { name: 'THEIRS', value: '1' }],
  [
    'a limit of an empty volume',
    deployments,
    'add',
    '/spec/template/spec/volumes/0/emptyDir/sizeLimit',
    '1Gi',
  ],
  ['a finalizer that is added', deployments, 'add', '/metadata/finalizers/-', 'example.com/theirs'],
  ['a key of a Secret', secrets, 'add', '/data/theirs', 'eA=='],
];

/**
 * The key of an item in a list by key: to server-side apply, another item is there now and ours is gone. Ours comes
 * back beside theirs, which is refused where something else of an item must be unique.
 */
const otherKey: (typeof found)[number] = [
  'the key of an item',
  services,
  'replace',
  '/spec/ports/0/port',
  81,
];

/** Each has an object of its own. */
const cases = [...found, ...unseen, otherKey];
const nameOf = (at: number) => `case-${at}`;

describe.skipIf(why !== undefined)("what others do to objects of Kubernetes' own kinds", () => {
  let cluster: TestCluster;
  let somebody: KubeClient;
  let agent: AgentProcess;

  beforeAll(async () => {
    cluster = await startCluster();
    somebody = createKubeClient(cluster.config, { fieldManager: 'kubectl-edit' });
    agent = await AgentProcess.on(cluster.kubeconfig);
    agent.start();
    const objects = cases.map((it, at) => {
      const manifest = manifests.find(({ kind }) => kind === it[1].kind)!;
      return { ...manifest, metadata: { ...manifest.metadata, name: nameOf(at) } };
    });
    await agent.say({ assignments: [{ bundle: 'shop', namespace: 'shop', objects }] });
    await eventually(
      () => agent.statuses(),
      ([status]) => status?.sync === 'Synced',
      30_000,
    );
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await somebody.close();
    await cluster.stop();
  });

  const keyOf = (what: string) => ({
    namespace: 'shop',
    name: nameOf(cases.findIndex(([it]) => it === what)),
  });
  const change = (what: string, kind: Resource, op: JsonPatchOperation['op'], path: string, value: unknown) =>
    somebody.jsonPatch(kind, keyOf(what), [{ op, path, ...(value !== undefined && { value }) }]);

  /** All but what the API server counts. */
  async function contentOf(what: string, kind: Resource): Promise<string> {
    const { metadata, status: _, ...rest } = await somebody.get(kind, keyOf(what));
    const { labels, annotations, finalizers } = metadata;
    return JSON.stringify({ labels, annotations, finalizers, ...rest });
  }

  it.each(found)('is found and corrected: %s', async (what, kind, op, path, value) => {
    const before = await contentOf(what, kind);
    await change(what, kind, op, path, value);
    await eventually(
      () => contentOf(what, kind),
      (now) => now === before,
      5_000,
    );
  });

  /** Then something that is seen: when that is corrected, this was not. */
  it.each(unseen)('is left alone: %s', async (what, kind, op, path, value) => {
    await change(what, kind, op, path, value);
    const after = await contentOf(what, kind);
    await change(what, kind, 'replace', '/metadata/labels/muster.dev~1bundle', 'theirs');
    await eventually(
      () => contentOf(what, kind),
      (now) => now === after,
      5_000,
    );
  });

  it('is found, and refused by the API server when corrected, which is told: the key of an item', async () => {
    await change(...otherKey);
    const { objects } = await agent.until('shop', ({ reason }) => reason === 'Refused');
    expect(objects[0]).toMatchObject({ object: { kind: 'Service', name: nameOf(cases.indexOf(otherKey)) } });
    expect(objects[0]?.message).toContain('Duplicate value: "http"');
  });
});
