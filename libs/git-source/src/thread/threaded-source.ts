import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { GitError } from '../errors.ts';
import type { Commit, GitSource, TreeEntryKind, TreeFile } from '../port.ts';
import type { Answer, Call, Method, ThreadOptions } from './protocol.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A repo in a thread of its own: unpacking and indexing would block the event loop for seconds. The thread starts with
 * the first call, and anew with the next one should it ever die.
 */
export class ThreadedSource implements GitSource {
  readonly #options: ThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  async fetch(options: { readonly signal?: AbortSignal } = {}): Promise<Commit> {
    return this.#call('fetch', [], options.signal);
  }

  async commit(sha: string): Promise<Commit> {
    return this.#call('commit', [sha]);
  }

  async resolvePath(
    treeId: string,
    path: string,
  ): Promise<{ readonly id: string; readonly kind: TreeEntryKind | 'tree' } | undefined> {
    return this.#call('resolvePath', [treeId, path]);
  }

  async listFiles(treeId: string): Promise<readonly TreeFile[]> {
    return this.#call('listFiles', [treeId]);
  }

  async readBlobs(ids: readonly string[]): Promise<readonly Uint8Array[]> {
    return this.#call('readBlobs', [ids]);
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return this.#call('isAncestor', [ancestor, descendant]);
  }

  async commitsSince(former: string, head: string): Promise<readonly Commit[]> {
    return this.#call('commitsSince', [former, head]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
    this.#failAll(new GitError('unreachable', 'The Git source is closed'));
  }

  #call<T>(method: Method, args: readonly unknown[], signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed) throw new GitError('unreachable', 'The Git source is closed');
    const thread = (this.#thread ??= this.#start());
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.set(id, { resolve, reject });
    const cancel = () => {
      thread.postMessage({ id, method: 'cancel' } satisfies Call);
      this.#waiting.delete(id);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    thread.ref();
    thread.postMessage({ id, method, args } satisfies Call);
    return promise.finally(() => {
      signal?.removeEventListener('abort', cancel);
      if (this.#waiting.size === 0) this.#thread?.unref();
    });
  }

  #start(): Worker {
    const thread = new Worker(threadEntry(), { workerData: this.#options, name: 'git' });
    thread.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.kind === 'value') waiting?.resolve(answer.value as never);
      else waiting?.reject(new GitError(answer.fault, answer.message, { cause: answer.cause }));
    });
    const gone = (cause: unknown) => {
      if (this.#thread === thread) this.#thread = undefined;
      this.#failAll(new GitError('corrupt', "The repo's thread died", { cause }));
    };
    thread.on('error', gone);
    thread.on('exit', gone);
    return thread;
  }

  #failAll(error: GitError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Beside this file in the checkout, beside the bundle in a build. */
function threadEntry(): URL {
  const source = new URL('./main.ts', import.meta.url);
  return existsSync(fileURLToPath(source)) ? source : new URL('./git-thread.js', import.meta.url);
}
