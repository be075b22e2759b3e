import type { KubeConfig, KubeTls } from './config.ts';
import { KubeConfigError } from './errors.ts';

/** A kubeconfig (`client.authentication.k8s.io`'s neighbour, `v1` `Config`), as far as it says how to connect. */
export interface KubeConfigDocument {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly name: string; readonly cluster?: ClusterEntry }[] | null;
  readonly users?: readonly { readonly name: string; readonly user?: UserEntry | null }[] | null;
  readonly contexts?: readonly { readonly name: string; readonly context?: ContextEntry }[] | null;
}

interface ClusterEntry {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

interface UserEntry {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly username?: string;
  readonly password?: string;
  readonly exec?: unknown;
  readonly 'auth-provider'?: unknown;
}

interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

export interface KubeConfigSurroundings {
  readonly context: string | undefined;
  /** For messages only. */
  readonly file: string;
  /** Reads a file that the kubeconfig names, relative to it. */
  readonly readText: (path: string) => Promise<string>;
  readonly resolvePath: (path: string) => string;
}

export interface ReadKubeConfig {
  readonly config: KubeConfig;
  /** The user's credential comes from an exec plugin, which `config` lacks. */
  readonly exec: boolean;
}

/** What one context of a kubeconfig says. Data stands before files and a token file before a token, as in client-go. */
export async function readKubeConfig(
  document: KubeConfigDocument,
  surroundings: KubeConfigSurroundings,
): Promise<ReadKubeConfig> {
  const { file } = surroundings;
  const contextName = surroundings.context ?? document['current-context'] ?? '';
  if (contextName === '') throw new KubeConfigError(`${file} has no current context: name one`);
  const context = document.contexts?.find(({ name }) => name === contextName)?.context;
  if (context === undefined) throw new KubeConfigError(`${file} has no context "${contextName}"`);
  const cluster = document.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  if (cluster === undefined) throw new KubeConfigError(`${file} has no cluster "${context.cluster ?? ''}"`);
  const server = serverOf(cluster, file);
  const user = document.users?.find(({ name }) => name === context.user)?.user ?? {};
  if (user['auth-provider'] !== undefined) {
    throw new KubeConfigError(
      `${file}: user "${context.user ?? ''}" has an auth-provider, which Kubernetes 1.26 removed`,
    );
  }
  const exec = user.exec !== undefined && user.exec !== null;
  return {
    config: {
      server,
      tls: await tlsOf(cluster, user, surroundings),
      ...credentialOf(user, surroundings),
      ...(filled(cluster['proxy-url']) ? { proxyUrl: cluster['proxy-url'] } : {}),
      ...(filled(context.namespace) ? { namespace: context.namespace } : {}),
    },
    exec,
  };
}

function serverOf({ server }: ClusterEntry, file: string): string {
  if (!filled(server)) throw new KubeConfigError(`${file}: the cluster has no server`);
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new KubeConfigError(`${file}: the server must be an http(s) URL, not "${server}"`);
  }
  return server;
}

async function tlsOf(cluster: ClusterEntry, user: UserEntry, at: KubeConfigSurroundings): Promise<KubeTls> {
  const [ca, cert, key] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority'], 'certificate-authority', at),
    pem(user['client-certificate-data'], user['client-certificate'], 'client-certificate', at),
    pem(user['client-key-data'], user['client-key'], 'client-key', at),
  ]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(filled(cluster['tls-server-name']) ? { serverName: cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecureSkipVerify: true } : {}),
  };
}

async function pem(
  data: string | undefined,
  path: string | undefined,
  field: string,
  at: KubeConfigSurroundings,
): Promise<string | undefined> {
  if (filled(data)) return Buffer.from(data, 'base64').toString('utf8');
  if (!filled(path)) return undefined;
  try {
    return await at.readText(path);
  } catch (cause) {
    throw new KubeConfigError(`${at.file}: cannot read its ${field}, ${path}`, { cause });
  }
}

function credentialOf(user: UserEntry, at: KubeConfigSurroundings): Partial<KubeConfig> {
  if (filled(user.tokenFile)) return { tokenFile: at.resolvePath(user.tokenFile) };
  if (filled(user.token)) return { token: user.token };
  if (!filled(user.username)) return {};
  const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: async () => `Basic ${pair}` };
}

function filled(value: string | undefined | null): value is string {
  return value !== undefined && value !== null && value !== '';
}
