import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import type { ConnectResponse, ResponseChunk, ResponseEnd } from '@muster/contracts';
import type { AgentRequest, RequestOptions } from '../port.ts';
import { RequestFailed } from '../shared/errors.ts';
import { MAX_OPEN_REQUESTS, MAX_SESSION_MESSAGE_BYTES, MAX_WAITING_CHUNKS } from '../shared/limits.ts';

const inflate = promisify(gunzip);
const OK: number = status.OK;

interface OpenRequest {
  readonly id: bigint;
  readonly chunks: ResponseChunk[];
  end: { readonly code: number; readonly message: string } | undefined;
  /** Chunks that were taken since the agent was last told of it. */
  taken: number;
  wake: () => void;
}

/** The questions that are open at one agent, and the parts of answers that nobody took yet. */
export class OpenRequests {
  readonly #send: (message: ConnectResponse) => void;
  readonly #open = new Map<bigint, OpenRequest>();
  #lastId = 0n;

  constructor(send: (message: ConnectResponse) => void) {
    this.#send = send;
  }

  async *ask(question: AgentRequest, options: RequestOptions): AsyncGenerator<Uint8Array> {
    options.signal?.throwIfAborted();
    if (this.#open.size >= MAX_OPEN_REQUESTS) {
      throw new RequestFailed(
        status.RESOURCE_EXHAUSTED,
        `${MAX_OPEN_REQUESTS} requests are open at this agent`,
      );
    }
    const id = ++this.#lastId;
    const request: OpenRequest = { id, chunks: [], end: undefined, taken: 0, wake: () => undefined };
    this.#open.set(id, request);
    // At once: whoever asked may be busy with what came, and read on late or never.
    const onAbort = () => {
      this.#leave(request);
      request.wake();
    };
    options.signal?.addEventListener('abort', onAbort);
    this.#send({
      message: {
        $case: 'request',
        value: {
          id,
          request: question,
          traceparent: options.traceparent ?? '',
          window: MAX_WAITING_CHUNKS,
        },
      },
    });
    try {
      yield* this.#answer(request, options.signal);
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      this.#leave(request);
    }
  }

  /** Nothing more of it is wanted. */
  #leave(request: OpenRequest): void {
    if (this.#open.delete(request.id) && request.end === undefined) this.#cancel(request.id);
  }

  /** A chunk of a request that is no longer open is dropped: its cancel is on the way. */
  chunk(chunk: ResponseChunk): void {
    const request = this.#open.get(chunk.id);
    if (request === undefined) return;
    if (request.chunks.length < MAX_WAITING_CHUNKS) {
      request.chunks.push(chunk);
    } else if (request.end === undefined) {
      // The session's one stream carries everything: it can't wait for one slow reader of one answer. An agent that
      // knows windows waits by itself.
      request.end = { code: status.RESOURCE_EXHAUSTED, message: 'the answer came faster than it was read' };
      this.#cancel(chunk.id);
    }
    request.wake();
  }

  end(end: ResponseEnd): void {
    const request = this.#open.get(end.id);
    if (request === undefined) return;
    request.end ??= { code: end.code, message: end.message };
    request.wake();
  }

  /** The session ended: no answer comes any more. */
  failAll(message: string): void {
    for (const request of this.#open.values()) {
      request.end ??= { code: status.UNAVAILABLE, message };
      request.wake();
    }
  }

  async *#answer(request: OpenRequest, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    for (;;) {
      signal?.throwIfAborted();
      const chunk = request.chunks.shift();
      if (chunk !== undefined) {
        this.#taken(request);
        yield chunk.gzip ? await inflated(chunk.data) : chunk.data;
      } else if (request.end !== undefined) {
        if (request.end.code !== OK) throw new RequestFailed(request.end.code, request.end.message);
        return;
      } else {
        await new Promise<void>((resolve) => (request.wake = resolve));
      }
    }
  }

  /** Not for each chunk: half a window at a time keeps the agent busy as well. */
  #taken(request: OpenRequest): void {
    request.taken += 1;
    if (request.taken < MAX_WAITING_CHUNKS / 2 || request.end !== undefined) return;
    const value = { id: request.id, chunks: request.taken };
    request.taken = 0;
    this.#send({ message: { $case: 'responseCredit', value } });
  }

  #cancel(id: bigint): void {
    this.#send({ message: { $case: 'requestCancel', value: { id } } });
  }
}

async function inflated(data: Uint8Array): Promise<Uint8Array> {
  try {
    return await inflate(data, { maxOutputLength: 8 * MAX_SESSION_MESSAGE_BYTES });
  } catch {
    throw new RequestFailed(status.DATA_LOSS, "the agent's answer can't be unpacked");
  }
}
