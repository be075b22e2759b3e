import { access, readFile } from 'node:fs/promises';
import type { KubeConfig } from './config.ts';

/** Where the kubelet mounts a pod's service account. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server as a pod sees it, or `undefined` outside of a pod. */
export async function inClusterConfig(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string = SERVICE_ACCOUNT,
): Promise<KubeConfig | undefined> {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = environment['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || host === '' || port === undefined || port === '') return undefined;
  const tokenFile = `${folder}/token`;
  try {
    await access(tokenFile);
  } catch {
    return undefined;
  }
  const [ca, namespace] = await Promise.all([
    readFile(`${folder}/ca.crt`, 'utf8'),
    readFile(`${folder}/namespace`, 'utf8').catch(() => ''),
  ]);
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca },
    tokenFile,
    ...(namespace.trim() === '' ? {} : { namespace: namespace.trim() }),
  };
}
