/** Small, literal objects that the cases share. Paths are those of the API. */

export function configMap(namespace: string, name: string, data?: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    ...(data === undefined ? {} : { data }),
  };
}

export function configMapsOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

export function deploymentsOf(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments`;
}

/** A Deployment whose container is what `container` adds to a name and an image. */
export function deployment(
  namespace: string,
  name: string,
  container: object = {},
  spec: object = {},
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example.test/main:1', ...container }] },
      },
      ...spec,
    },
  };
}
