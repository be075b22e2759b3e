import { parentPort, workerData } from 'node:worker_threads';
import { GitError } from '../errors.ts';
import { openRepo } from '../open-repo.ts';
import type { RepoReader } from '../repo/repo-reader.ts';
import type { Answer, Call, ThreadOptions } from './protocol.ts';

// isomorphic-git prefers this to its own inflate, and then copies the rest of the pack for each object that it reads:
// quadratic in the pack's size. Without it, it reads in place. The thread has no other use for it.
Reflect.deleteProperty(globalThis, 'DecompressionStream');

const idleAfterMs = 30_000;

const port = parentPort!;
const { remote, dataDir } = workerData as ThreadOptions;
const running = new Map<number, AbortController>();
/** Calls run one after the other: they share the mirror, and a read must not see it change half-way. */
let last: Promise<unknown> = Promise.resolve();
let opened: Promise<RepoReader> | undefined;
let idleTimer: NodeJS.Timeout | undefined;

port.on('message', (call: Call) => {
  if (call.method === 'cancel') {
    running.get(call.id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(call.id, abort);
  last = last.then(() => answer(call, abort.signal)).finally(() => running.delete(call.id));
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => void opened?.then((repo) => repo.idle()), idleAfterMs);
});

async function answer(call: Exclude<Call, { method: 'cancel' }>, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    const value = await perform(await open(), call, signal);
    const transfer =
      call.method === 'readBlobs' ? (value as Uint8Array<ArrayBuffer>[]).map(({ buffer }) => buffer) : [];
    port.postMessage({ id: call.id, kind: 'value', value } satisfies Answer, transfer);
  } catch (error) {
    const { fault, message } =
      error instanceof GitError
        ? error
        : new GitError('corrupt', error instanceof Error ? error.message : String(error));
    const cause = describeCause(error);
    port.postMessage({ id: call.id, kind: 'fault', fault, message, cause } satisfies Answer);
  }
}

async function open(): Promise<RepoReader> {
  opened ??= openRepo(remote, dataDir);
  try {
    return await opened;
  } catch (error) {
    opened = undefined; // the folder may come to be
    throw error;
  }
}

async function perform(
  repo: RepoReader,
  { method, args }: Exclude<Call, { method: 'cancel' }>,
  signal: AbortSignal,
): Promise<unknown> {
  if (method === 'fetch') return repo.fetch(signal);
  return (repo[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
}

/** For the hub's log: errors don't cross threads with all that they are. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : (error.stack ?? '');
}
