import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import type { ConnectRequest, Request } from '@muster/contracts';
import type { LinkHandlers } from '../agent-port.ts';
import { RequestFailed } from '../shared/errors.ts';
import { CHUNK_BYTES, MAX_OPEN_REQUESTS } from '../shared/limits.ts';

const compress = promisify(gzip);
const MIN_GZIP_BYTES = 1_024;

interface Running {
  readonly stop: AbortController;
  /** How many more chunks the hub takes at present. */
  credit: number;
  wake: () => void;
}

/** Answers the hub's requests in one session, each by itself: chunks as the hub takes them, then one end. */
export class Answers {
  readonly #onRequest: LinkHandlers['onRequest'];
  /** Resolves when the message was taken. */
  readonly #send: (message: ConnectRequest) => Promise<void>;
  readonly #running = new Map<bigint, Running>();

  constructor(onRequest: LinkHandlers['onRequest'], send: (message: ConnectRequest) => Promise<void>) {
    this.#onRequest = onRequest;
    this.#send = send;
  }

  begin(request: Request): void {
    if (this.#running.has(request.id) || this.#running.size >= MAX_OPEN_REQUESTS) {
      void this.#end(request.id, status.RESOURCE_EXHAUSTED, 'too many requests are open');
      return;
    }
    const running: Running = {
      stop: new AbortController(),
      credit: request.window || Infinity,
      wake: () => undefined,
    };
    this.#running.set(request.id, running);
    void this.#answer(request, running).finally(() => this.#running.delete(request.id));
  }

  /** The hub has taken so many chunks, and takes as many more. */
  credit(id: bigint, chunks: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.credit += chunks;
    running.wake();
  }

  cancel(id: bigint): void {
    const running = this.#running.get(id);
    running?.stop.abort();
    running?.wake();
  }

  cancelAll(): void {
    for (const id of this.#running.keys()) this.cancel(id);
  }

  async #answer(request: Request, running: Running): Promise<void> {
    const { signal } = running.stop;
    try {
      const { traceparent } = request;
      const chunks = request.request && this.#onRequest(request.request, { signal, traceparent });
      if (chunks === undefined) {
        await this.#end(request.id, status.UNIMPLEMENTED, 'this agent does not know the request');
        return;
      }
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        await this.#sendChunk(request.id, chunk, running);
      }
      await this.#end(request.id, status.OK, '');
    } catch (error) {
      await this.#failed(request.id, error, signal);
    }
  }

  async #sendChunk(id: bigint, chunk: Uint8Array, running: Running): Promise<void> {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      await creditFor(running);
      const raw = Buffer.from(chunk.subarray(at, at + CHUNK_BYTES));
      const gzipped = raw.length >= MIN_GZIP_BYTES;
      const data = gzipped ? await compress(raw, { level: constants.Z_BEST_SPEED }) : raw;
      await this.#send({ message: { $case: 'responseChunk', value: { id, data, gzip: gzipped } } });
    }
  }

  async #failed(id: bigint, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return this.#end(id, status.CANCELLED, 'cancelled');
    if (error instanceof RequestFailed) return this.#end(id, error.code, error.message);
    return this.#end(id, status.INTERNAL, error instanceof Error ? error.message : 'the agent failed');
  }

  async #end(id: bigint, code: number, message: string): Promise<void> {
    await this.#send({ message: { $case: 'responseEnd', value: { id, code, message } } });
  }
}

/** Takes one chunk's worth, when there is some. */
async function creditFor(running: Running): Promise<void> {
  while (running.credit < 1) {
    running.stop.signal.throwIfAborted();
    await new Promise<void>((resolve) => (running.wake = resolve));
  }
  running.stop.signal.throwIfAborted();
  running.credit -= 1;
}
