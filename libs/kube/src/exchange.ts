import type { Dispatcher } from 'undici';
import { KubeNetworkError, errorCode } from './errors.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly origin: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body?: Uint8Array | string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * One request, one whole answer, on undici's dispatch interface: its `request()` builds a stream and several promises
 * around each body, which at a thousand applies a second is a good part of an agent's CPU.
 *
 * Rejects with the signal's reason when it aborts (at once, also while the request waits for a connection), else with
 * `KubeNetworkError`.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal } = request;
    if (signal?.aborted === true) {
      reject(asError(signal.reason));
      return;
    }
    const handler = new AnswerHandler(request, resolve, reject);
    try {
      dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method,
          headers: request.headers as string[],
          body: request.body ?? null,
          headersTimeout: request.timeoutMs,
          bodyTimeout: request.timeoutMs,
        },
        handler,
      );
    } catch (error) {
      handler.onResponseError(undefined, asError(error));
    }
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  #request: ExchangeRequest;
  #resolve: (answer: Answer) => void;
  #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #onAbort: (() => void) | undefined;
  #status = 0;
  #headers: Answer['headers'] = {};
  #chunks: Buffer[] = [];
  #size = 0;
  #settled = false;

  constructor(request: ExchangeRequest, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal } = request;
    if (signal !== undefined) {
      this.#onAbort = () => this.#fail(asError(signal.reason));
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('aborted before it was sent'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#request.maxBytes) {
      const message = `the answer to ${this.#request.method} ${this.#request.path} is larger than ${this.#request.maxBytes} bytes`;
      this.#fail(new KubeNetworkError(message, 'MUSTER_ANSWER_TOO_LARGE'));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#settled) return;
    const { method, origin, path } = this.#request;
    const code = errorCode(error);
    const said = error.message === '' ? code : error.message;
    this.#settle();
    this.#reject(new KubeNetworkError(`${method} ${origin}${path.split('?', 1)[0]}: ${said}`, code, error));
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
    this.#controller?.abort(error);
  }

  #settle(): void {
    this.#settled = true;
    if (this.#onAbort !== undefined) this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
