import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from './config.ts';

/**
 * The credential of an exec plugin (`aws`, `gke-gcloud-auth-plugin`, …), through the official client: it runs the
 * plugin, and keeps what it gave until it expires. It is loaded here only, because it costs tens of megabytes.
 */
export async function execCredential(
  config: KubeConfig,
  file: string,
  context: string | undefined,
): Promise<KubeConfig> {
  const { KubeConfig: OfficialKubeConfig } = await import('@kubernetes/client-node');
  const official = new OfficialKubeConfig();
  official.loadFromFile(file);
  if (context !== undefined) official.setCurrentContext(context);

  const ask = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await official.applyToHTTPSOptions(options);
    return options;
  };
  // A plugin may give a client certificate instead of a token; that holds for as long as this client lives.
  const first = await ask();
  const { cert, key } = first;
  return {
    ...config,
    tls: {
      ...config.tls,
      ...(cert === undefined ? {} : { cert: textOf(cert) }),
      ...(key === undefined ? {} : { key: textOf(key) }),
    },
    authorization: async () => authorizationOf(await ask()),
  };
}

function authorizationOf({ headers }: RequestOptions): string | undefined {
  const value = (headers as OutgoingHttpHeaders | undefined)?.['Authorization'];
  return typeof value === 'string' ? value : undefined;
}

function textOf(pem: unknown): string {
  return Buffer.isBuffer(pem) ? pem.toString('utf8') : String(pem);
}
