/** Bytes of objects, as a hub hands them out. */
export interface ManyKinds {
  readonly kinds: number;
  /** Definitions and all else that others need. */
  readonly definitions: readonly Uint8Array[];
  readonly objects: readonly Uint8Array[];
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** What follows `metadata`. */
  readonly content: (name: string) => object;
}

const template = (name: string, restartPolicy = 'Always'): object => ({
  metadata: { labels: { app: name } },
  spec: { containers: [{ name: 'main', image: 'example.test/main:1' }], restartPolicy },
});
const selector = (name: string): object => ({ matchLabels: { app: name } });
const suspendedJob = (name: string): object => ({ suspend: true, template: template(name, 'Never') });
/** On no node: their status is complete at once. */
const nowhere = (name: string): object => ({
  ...template(name),
  spec: { containers: [{ name: 'main', image: 'example.test/main:1' }], nodeSelector: { nowhere: 'true' } },
});
const roleRef = (kind: string, name: string): object => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  subjects: [{ kind: 'ServiceAccount', name, namespace: 'kinds' }],
});
const rules = { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] };
const rbac = 'rbac.authorization.k8s.io/v1';

const builtIn: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', content: () => ({ data: { a: '1' } }) },
  { apiVersion: 'v1', kind: 'Secret', content: () => ({ data: { a: 'MQ==' } }) },
  { apiVersion: 'v1', kind: 'ServiceAccount', content: () => ({}) },
  { apiVersion: 'v1', kind: 'LimitRange', content: () => ({ spec: { limits: [{ type: 'Pod' }] } }) },
  { apiVersion: 'v1', kind: 'PodTemplate', content: (name) => ({ template: template(name) }) },
  {
    apiVersion: 'v1',
    kind: 'Service',
    content: (name) => ({ spec: { clusterIP: 'None', selector: { app: name }, ports: [{ port: 80 }] } }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    content: (name) => ({ spec: { replicas: 0, selector: selector(name), template: template(name) } }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    content: (name) => ({
      spec: { replicas: 0, serviceName: name, selector: selector(name), template: template(name) },
    }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    content: (name) => ({ spec: { selector: selector(name), template: nowhere(name) } }),
  },
  { apiVersion: 'batch/v1', kind: 'Job', content: (name) => ({ spec: suspendedJob(name) }) },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    content: (name) => ({
      spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: suspendedJob(name) } },
    }),
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    content: (name) => ({ spec: { minAvailable: 1, selector: selector(name) } }),
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    content: () => ({ spec: { podSelector: {} } }),
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    content: () => ({ spec: { controller: 'example.test/none' } }),
  },
  { apiVersion: rbac, kind: 'Role', content: () => rules },
  { apiVersion: rbac, kind: 'RoleBinding', content: (name) => roleRef('Role', name) },
  { apiVersion: rbac, kind: 'ClusterRole', content: () => rules },
  { apiVersion: rbac, kind: 'ClusterRoleBinding', content: (name) => roleRef('ClusterRole', name) },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', content: () => ({ value: 100 }) },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    content: () => ({ provisioner: 'example.test/none' }),
  },
];

const group = 'kinds.example.test';

const definition = (kind: string): object => {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
};

/** So many kinds, half of them custom, and `each` objects of each, which no controller touches once they are there. */
export function manyKinds(kinds: number, each: number): ManyKinds {
  const customKinds = Array.from({ length: kinds - builtIn.length }, (_, index) => `Sample${index + 1}`);
  const custom = customKinds.map((kind): Kind => ({
    apiVersion: `${group}/v1`,
    kind,
    content: (name) => ({ spec: { for: name } }),
  }));
  const objects = [...builtIn, ...custom].flatMap(({ apiVersion, kind, content }) =>
    Array.from({ length: each }, (_, index) => {
      const name = `${kind.toLowerCase()}-${index}`;
      return bytesOf({ apiVersion, kind, metadata: { name }, ...content(name) });
    }),
  );
  return { kinds, definitions: customKinds.map((kind) => bytesOf(definition(kind))), objects };
}

/** Canonical: keys in order, at every depth. */
export function bytesOf(object: object): Uint8Array {
  return Buffer.from(
    JSON.stringify(object, (_key, value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  );
}
