/** One object of each kind that people have, as they write them: without what the API server adds. */

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Defaults that the API server adds only when an object is made. */
export const surroundings: readonly Written[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name: 'standard',
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    },
    spec: { controller: 'example.com/ingress' },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'standard',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'example.com/disks',
  },
];

const podSpec = {
  containers: [
    {
      name: 'web',
      image: 'example.com/web:1',
      ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
      env: [{ name: 'A', value: '1' }],
      resources: { requests: { cpu: '0.5', memory: '1024Mi' } },
    },
  ],
};
const template = { metadata: { labels: { app: 'web' } }, spec: podSpec };
const selector = { matchLabels: { app: 'web' } };
const jobTemplate = { spec: { ...podSpec, restartPolicy: 'Never' } };
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const ports = [{ port: 80 }];

export function everydayObjects(namespace: string): readonly Written[] {
  const object = (apiVersion: string, kind: string, fields: object, name = 'web'): Written => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
    ...fields,
  });
  return [
    object('v1', 'ConfigMap', { data: { a: '1' } }),
    object('v1', 'Secret', { stringData: { a: '1' } }),
    object('v1', 'ServiceAccount', {}),
    object('apps/v1', 'Deployment', { spec: { replicas: 2, selector, template } }),
    object('apps/v1', 'StatefulSet', {
      spec: {
        serviceName: 'web',
        selector,
        template,
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec }],
      },
    }),
    object('apps/v1', 'DaemonSet', { spec: { selector, template } }),
    object('batch/v1', 'Job', { spec: { template: jobTemplate } }),
    object('batch/v1', 'CronJob', {
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: jobTemplate } } },
    }),
    object('v1', 'Pod', { spec: podSpec }, 'bare'),
    object('v1', 'PersistentVolumeClaim', { spec: claimSpec }),
    object('v1', 'Service', { spec: { selector: { app: 'web' }, ports } }),
    object('v1', 'Service', { spec: { clusterIP: 'None', selector: { app: 'web' }, ports } }, 'headless'),
    object(
      'v1',
      'Service',
      {
        spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { app: 'web' }, ports },
      },
      'balanced',
    ),
    object('networking.k8s.io/v1', 'Ingress', {
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{}] } }),
    object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
    object('autoscaling/v2', 'HorizontalPodAutoscaler', {
      spec: {
        minReplicas: 1,
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    }),
    object('rbac.authorization.k8s.io/v1', 'Role', {
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    }),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'web' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace }],
    }),
    object('v1', 'ResourceQuota', { spec: { hard: { pods: '100' } } }),
    object('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
  ];
}
