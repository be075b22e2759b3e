import { readFile } from 'node:fs/promises';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import type { AgentConfig } from './config.ts';
import type { Log } from './log.ts';
import { agentNamespace, secrets } from './resources.ts';
import { persist, troubleOf } from './trouble.ts';

export interface GivenToken {
  readonly text: string;
  /** The identity that the cluster has makes it needless: it need not lie around. */
  readonly forget: () => Promise<void>;
}

type Places = Pick<AgentConfig, 'joinToken' | 'joinTokenFile' | 'joinTokenSecret'>;

/** The join token, from wherever it is given. A place that is empty is as good as none: tokens are for one start. */
export async function givenJoinToken(
  { joinToken, joinTokenFile, joinTokenSecret }: Places,
  kube: KubeClient,
  log: Log,
  signal: AbortSignal,
): Promise<GivenToken | undefined> {
  const forget = async (): Promise<void> => undefined;
  if (joinToken !== undefined) return { text: joinToken, forget };
  if (joinTokenFile !== undefined) {
    const text = await readFile(joinTokenFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      log.info(`there is no join token in ${joinTokenFile}`);
      return '';
    });
    return text.trim() === '' ? undefined : { text: text.trim(), forget };
  }
  if (joinTokenSecret === undefined) return undefined;
  const what = `cannot read the join token in the Secret ${joinTokenSecret}`;
  const secret = await persist(what, () => find(kube, joinTokenSecret, signal), { log, signal });
  const { token } = (secret?.['data'] ?? {}) as { readonly token?: string };
  if (secret === undefined || token === undefined) return undefined;
  const text = Buffer.from(token, 'base64').toString('utf8').trim();
  return { text, forget: () => deleteSecret(kube, secret, log) };
}

async function find(kube: KubeClient, name: string, signal: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await kube.get(secrets, { namespace: agentNamespace, name }, { signal });
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Only the one that was read: another holds another token. What stays is tried again at the next start. */
async function deleteSecret(kube: KubeClient, { metadata }: KubeObject, log: Log): Promise<void> {
  const { name, uid, resourceVersion } = metadata;
  const only = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  try {
    await kube.delete(secrets, { namespace: agentNamespace, name }, only);
    log.info(`the Secret ${name} is deleted, because its join token is not needed any more`);
  } catch (error) {
    const trouble = troubleOf(error, 0, 0);
    if (trouble === undefined) throw error;
    log.warn(`cannot delete the Secret ${name}, whose join token is not needed any more: ${trouble.message}`);
  }
}
