import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { KubeConfig } from './config.ts';
import { KubeConfigError } from './errors.ts';
import { inClusterConfig } from './in-cluster.ts';
import { execCredential } from './exec-credential.ts';
import { readKubeConfig, type KubeConfigDocument } from './kubeconfig.ts';

export interface LoadKubeConfigOptions {
  /** A kubeconfig's path; else the first of `KUBECONFIG`, then the pod's service account, then `~/.kube/config`. */
  readonly file?: string;
  /** Which context; else the file's current one. */
  readonly context?: string;
}

/**
 * How to reach the cluster, found where kubectl would look for it. Rejects with `KubeConfigError`.
 *
 * One file only: merging several, as kubectl does for a `KUBECONFIG` with a list, isn't for a daemon.
 */
export async function loadKubeConfig(
  options: LoadKubeConfigOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<KubeConfig> {
  const named = options.file ?? environment['KUBECONFIG']?.split(':').find((path) => path !== '');
  if (named === undefined) {
    const inCluster = await inClusterConfig(environment);
    if (inCluster !== undefined) return inCluster;
  }
  const file = resolve(named ?? join(homedir(), '.kube', 'config'));
  const document = await parse(file);
  const { config, exec } = await readKubeConfig(document, {
    context: options.context,
    file,
    readText: (path) => readFile(resolve(dirname(file), path), 'utf8'),
    resolvePath: (path) => resolve(dirname(file), path),
  });
  return exec ? execCredential(config, file, options.context) : config;
}

async function parse(file: string): Promise<KubeConfigDocument> {
  // A service account needs no YAML: an agent in a cluster never loads the parser.
  const { parse: parseYaml } = await import('yaml');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new KubeConfigError(`cannot read the kubeconfig ${file}`, { cause });
  }
  try {
    return (parseYaml(text) ?? {}) as KubeConfigDocument;
  } catch (cause) {
    throw new KubeConfigError(`the kubeconfig ${file} is no YAML`, { cause });
  }
}
