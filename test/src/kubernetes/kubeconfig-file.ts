import { writeFile } from 'node:fs/promises';

export interface KubeconfigFile {
  readonly path: string;
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly user: { readonly token: string } | { readonly cert: string; readonly key: string };
}

/** Writes a kubeconfig with one context, readable by its owner only. JSON is YAML. */
export async function writeKubeconfig({ path, name, server, ca, user }: KubeconfigFile): Promise<void> {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name,
        user:
          'token' in user
            ? { token: user.token }
            : { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
      },
    ],
  };
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
