import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeConfig } from './config.ts';

/** Plugins may ask a cloud; one that waits for a person would wait for good. */
const patienceMs = 60_000;

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
  let asked = 0;
  const load = () => {
    const loaded = new OfficialKubeConfig();
    loaded.loadFromFile(file);
    if (context !== undefined) loaded.setCurrentContext(context);
    const user = loaded.getCurrentUser();
    // What a plugin gave without saying until when, the client keeps for good under the user's name.
    const name = `${user?.name ?? ''} ${++asked}`;
    Object.assign(loaded.getContextObject(loaded.currentContext) ?? {}, { user: name });
    Object.assign(user ?? {}, { name });
    return loaded;
  };
  let official = load();
  const plugin = (official.getCurrentUser()?.exec as { command?: string } | undefined)?.command ?? '';

  const ask = async (fresh: boolean): Promise<RequestOptions> => {
    if (fresh) official = load();
    const options: RequestOptions = {};
    const deadline = new AbortController();
    try {
      await Promise.race([
        official.applyToHTTPSOptions(options),
        delay(patienceMs, undefined, { signal: deadline.signal }).then(() => {
          throw new Error(`it gave none within ${patienceMs / 1000} s`);
        }),
      ]);
      return options;
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).trim();
      throw new Error(`the kubeconfig's credential plugin ${plugin} failed: ${why || 'it did not say why'}`, {
        cause,
      });
    } finally {
      deadline.abort();
    }
  };
  // A plugin may give a client certificate instead of a token; that holds for as long as this client lives.
  const first = await ask(false);
  const { cert, key } = first;
  return {
    ...config,
    tls: {
      ...config.tls,
      ...(cert === undefined ? {} : { cert: textOf(cert) }),
      ...(key === undefined ? {} : { key: textOf(key) }),
    },
    authorization: async ({ fresh }) => authorizationOf(await ask(fresh)),
  };
}

function authorizationOf({ headers }: RequestOptions): string | undefined {
  const value = (headers as OutgoingHttpHeaders | undefined)?.['Authorization'];
  return typeof value === 'string' ? value : undefined;
}

function textOf(pem: unknown): string {
  return Buffer.isBuffer(pem) ? pem.toString('utf8') : String(pem);
}
