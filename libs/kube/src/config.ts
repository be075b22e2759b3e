/** How to reach one API server, and as whom. `loadKubeConfig` reads it; tests and simulators write it by hand. */
export interface KubeConfig {
  /** `https://…` or `http://…`, with a path where the API server lives below one. */
  readonly server: string;
  readonly tls?: KubeTls;
  /** A bearer token, as it is. */
  readonly token?: string;
  /** A file with the bearer token; read again every minute and after a 401, because service-account tokens rotate. */
  readonly tokenFile?: string;
  /** A credential that is made on demand (exec plugins): the whole `Authorization` header. */
  readonly authorization?: (options: { readonly fresh: boolean }) => Promise<string | undefined>;
  /** An HTTP proxy, as the kubeconfig's `proxy-url` names it. */
  readonly proxyUrl?: string;
  /** The context's default namespace. */
  readonly namespace?: string;
}

/** PEM texts. Without `ca` the system's authorities are trusted. */
export interface KubeTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificate must bear, where it isn't the server's host. */
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
}
