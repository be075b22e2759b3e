import { stringify } from 'yaml';

/** As `kubectl --kubeconfig` reads it. */
export const kubeconfigOf = (name: string, url: string, token: string): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
