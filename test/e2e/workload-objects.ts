/** Objects of the kinds whose fields cannot all change, as small as they may be. */

const template = (app: string, more: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'example.com/c:1' }], ...more },
});

export function deployment(spec: object = {}, app = 'a') {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { selector: { matchLabels: { app } }, template: template(app), ...spec },
  };
}

export function statefulSet(serviceName: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'a' },
    spec: { serviceName, selector: { matchLabels: { app: 's' } }, template: template('s') },
  };
}

export function job(argument: string) {
  const containers = [{ name: 'c', image: 'example.com/c:1', args: [argument] }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a' },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  };
}

export function service(clusterIP: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { clusterIP, ports: [{ port: 80 }] },
  };
}

export function claim(accessMode: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'a' },
    spec: { accessModes: [accessMode], resources: { requests: { storage: '1Gi' } } },
  };
}

export function roleBinding(role: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'a' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }],
  };
}

/** The same object, which may be deleted and made anew. */
export function replaceable(object: object): object {
  const { metadata } = object as { readonly metadata: object };
  return { ...object, metadata: { ...metadata, annotations: { 'muster.dev/replace': 'true' } } };
}
