import { hash } from 'node:crypto';
import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { NoLeaseError } from '../lease/no-lease.ts';
import { agentNamespace, secrets } from '../resources.ts';
import { createSecret, findSecret } from './agent-secrets.ts';

const headName = 'muster-agent';

/** The head was switched by somebody else: this agent is not the one that has the cluster. It must stop. */
export class LostStateError extends Error {
  override readonly name = 'LostStateError';
}

/** Base64, as the API server keeps it. */
export interface HeadData {
  readonly head: string;
  readonly inventory?: string;
}

/** The head's Secret: read once, then only ever switched from what this agent last read or wrote. */
export class HeadSecret {
  readonly #kube: KubeClient;
  readonly #mayWrite: () => boolean;
  #resourceVersion: string | undefined;
  /** Prints of writes whose answer did not come: one of them may be what is there now. */
  readonly #unanswered = new Set<string>();

  constructor(kube: KubeClient, mayWrite: () => boolean) {
    this.#kube = kube;
    this.#mayWrite = mayWrite;
  }

  async read(signal: AbortSignal): Promise<Partial<HeadData> | undefined> {
    const secret = await findSecret(this.#kube, headName, signal);
    this.#resourceVersion = secret?.metadata.resourceVersion;
    return secret && dataOf(secret);
  }

  /** It was deleted: the next write makes it anew. */
  forget(): void {
    this.#resourceVersion = undefined;
    this.#unanswered.clear();
  }

  /**
   * Compare-and-set. Rejects with `LostStateError` when somebody else's write is there, with a 404 when it was deleted,
   * and with any other error without knowing whether the write went through: the next call finds that out.
   */
  async switchTo(data: HeadData): Promise<void> {
    const print = printOf(data);
    try {
      await this.#write(data, print);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if ((await this.#recognise(print, error)) !== print) await this.#writeOnce(data, print);
    }
    this.#unanswered.clear();
  }

  /** Something else than we know of is there: ours, when it is byte for byte what we wrote without an answer. */
  async #recognise(print: string, cause: unknown): Promise<string> {
    const found = await this.#kube.get(secrets, { namespace: agentNamespace, name: headName });
    const there = printOf(dataOf(found));
    if (there !== print && !this.#unanswered.has(there)) throw lost(cause);
    this.#resourceVersion = found.metadata.resourceVersion;
    return there;
  }

  async #writeOnce(data: HeadData, print: string): Promise<void> {
    await this.#write(data, print).catch((error: unknown) => {
      throw isConflict(error) ? lost(error) : error;
    });
  }

  async #write(data: HeadData, print: string): Promise<void> {
    if (!this.#mayWrite()) throw new NoLeaseError();
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: headName,
        namespace: agentNamespace,
        ...(this.#resourceVersion === undefined ? {} : { resourceVersion: this.#resourceVersion }),
      },
      type: 'muster.dev/agent-state',
      data,
    };
    try {
      const written =
        this.#resourceVersion === undefined
          ? await createSecret(this.#kube, secret)
          : await this.#kube.replace(secrets, { namespace: agentNamespace, name: headName }, secret);
      this.#resourceVersion = written.metadata.resourceVersion;
    } catch (error) {
      if (!(error instanceof KubeApiError) || error.status >= 500) this.#unanswered.add(print);
      throw error;
    }
  }
}

function dataOf(secret: KubeObject): Partial<HeadData> {
  return secret['data'] ?? {};
}

function printOf({ head = '', inventory = '' }: Partial<HeadData>): string {
  return hash('sha256', `${head}.${inventory}`);
}

function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 409;
}

function lost(cause: unknown): LostStateError {
  return new LostStateError('another agent wrote the state of this cluster', { cause });
}
